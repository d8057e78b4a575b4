namespace AspireFed.AppHost.Infrastructure;

/// <summary>The three servers that the services share, by their connection strings.</summary>
/// <param name="Redis">The live view.</param>
/// <param name="RabbitMq">The wake-ups.</param>
/// <param name="ObjectStore">The ledger.</param>
internal sealed record Servers(
    IResourceBuilder<IResourceWithConnectionString> Redis,
    IResourceBuilder<IResourceWithConnectionString> RabbitMq,
    IResourceBuilder<IResourceWithConnectionString> ObjectStore)
{
    /// <summary>Names of the resources and, by that, of the connection strings.</summary>
    public const string RedisName = "redis";
    public const string RabbitMqName = "rabbitmq";
    public const string ObjectStoreName = "objectstore";

    public const string Bucket = "aspirefed";
}
