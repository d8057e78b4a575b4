using AspireFed.AppHost.Running;

namespace AspireFed.AppHost.Infrastructure.Local;

/// <summary>
/// OpenStack Swift as one node with its S3 interface: proxy, account, container and object server, memcached for the proxy, and the updater,
/// without which an object that was put while the container server was away would never be listed.
/// </summary>
internal static class LocalSwift
{
    private const string AccessKey = "fed:minio";
    private static readonly string[] Backends = ["account", "container", "object"];

    public static IResourceBuilder<LocalServer> Add(IDistributedApplicationBuilder builder, DataFolder data)
    {
        var ports = FreePorts.Take(5);
        var (proxyPort, cachePort) = (ports[0], ports[4]);
        var secret = Secrets.Make();
        var folder = data.Of("swift");
        data.Of("swift", "dev", "d1");

        var cache = builder.AddExecutable(
                $"{Servers.ObjectStoreName}-memcached", LocalCommands.Memcached, folder,
                "-l", "127.0.0.1", "-p", $"{cachePort}", "-m", "64", "-u", Environment.UserName)
            .WithTcpHealthCheck(cachePort);
        var proxyFile = PrivateFile.Write(
            Path.Combine(folder, "proxy.conf"), SwiftConfiguration.Proxy(folder, proxyPort, cachePort, AccessKey, secret));
        var proxy = builder.AddResource(new LocalServer(
                Servers.ObjectStoreName, LocalCommands.Swift("proxy"), folder,
                $"Endpoint=http://127.0.0.1:{proxyPort};AccessKey={AccessKey};SecretKey={secret};Bucket={Servers.Bucket}"))
            .WithArgs(proxyFile, "-v")
            .WithHttpEndpoint(port: proxyPort, targetPort: proxyPort, name: "http", isProxied: false)
            .WithHttpHealthCheck("/healthcheck")
            .WaitFor(cache);
        cache.WithParentRelationship(proxy);

        Parallel.ForEach(Backends.Zip(ports.Skip(1)), backend => SwiftRing.Build(folder, backend.First, backend.Second));
        foreach (var (kind, port) in Backends.Zip(ports.Skip(1)))
        {
            var file = PrivateFile.Write(Path.Combine(folder, $"{kind}.conf"), SwiftConfiguration.Backend(kind, folder, port));
            var backend = builder.AddExecutable($"{Servers.ObjectStoreName}-{kind}", LocalCommands.Swift(kind), folder, file, "-v")
                .WithHttpEndpoint(port: port, targetPort: port, name: "http", isProxied: false)
                .WithHttpHealthCheck("/healthcheck")
                .WithParentRelationship(proxy);
            proxy.WaitFor(backend);
        }
        builder.AddExecutable($"{Servers.ObjectStoreName}-updater", LocalCommands.SwiftObjectUpdater, folder, Path.Combine(folder, "object.conf"), "-v")
            .WithParentRelationship(proxy);
        return proxy;
    }
}
