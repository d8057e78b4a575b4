namespace AspireFed.AppHost.Infrastructure.Local;

/// <summary>A server that runs as a process of this machine's own package and that services connect to.</summary>
internal sealed class LocalServer(string name, string command, string folder, string connectionString)
    : ExecutableResource(name, command, folder), IResourceWithConnectionString
{
    public ReferenceExpression ConnectionStringExpression { get; } = ReferenceExpression.Create($"{connectionString}");
}
