namespace AspireFed.AppHost.Infrastructure.Containers;

/// <summary>An S3 server in a container.</summary>
internal sealed class S3Container(string name, ParameterResource secret) : ContainerResource(name), IResourceWithConnectionString
{
    public const int Port = 8333;
    public const string AccessKey = "aspirefed";

    public ReferenceExpression ConnectionStringExpression
    {
        get
        {
            var address = this.GetEndpoint("http").Property(EndpointProperty.HostAndPort);
            return ReferenceExpression.Create(
                $"Endpoint=http://{address};AccessKey={AccessKey};SecretKey={secret};Bucket={Servers.Bucket}");
        }
    }
}
