using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AspireFed.AppHost.Running;

namespace AspireFed.AppHost.Infrastructure.Containers;

/// <summary>The servers as containers, with data volumes of their own for each data folder.</summary>
internal static class ContainerServers
{
    private const string RedisTag = "7.4.2";
    private const string RabbitMqTag = "4.1.1";
    private static readonly string[] Actions = ["Admin", "Read", "List", "Tagging", "Write"];
    private const string S3ConfigPath = "/etc/aspirefed";

    public static Servers Add(IDistributedApplicationBuilder builder, RunOptions options, DataFolder data)
    {
        var redis = builder.AddRedis(Servers.RedisName).WithImageTag(RedisTag)
            .WithDataVolume(Volume(data, Servers.RedisName)).WithPersistence();
        // No volume: RabbitMQ carries wake-ups and no state.
        var rabbitMq = builder.AddRabbitMQ(Servers.RabbitMqName).WithImageTag(RabbitMqTag);
        return new Servers(redis, rabbitMq, builder.AddS3(options, data));
    }

    /// <summary>All that the containers of a data folder leave behind.</summary>
    public static IEnumerable<string> Volumes(DataFolder data) =>
        [Volume(data, Servers.RedisName), Volume(data, Servers.ObjectStoreName)];

    /// <summary>SeaweedFS: maintained, Apache-2.0, one process. MinIO's images are published no more.</summary>
    private static IResourceBuilder<S3Container> AddS3(this IDistributedApplicationBuilder builder, RunOptions options, DataFolder data)
    {
        var secret = builder.AddParameter(
            "objectstore-secret", new GenerateParameterDefault { MinLength = 32, Special = false }, secret: true, persist: false);
        var (image, tag) = SplitImage(options.S3Image);
        return builder.AddResource(new S3Container(Servers.ObjectStoreName, secret.Resource))
            .WithImage(image, tag)
            .WithArgs(
                "server", "-dir=/data", "-s3", $"-s3.port={S3Container.Port}", $"-s3.config={S3ConfigPath}/s3.json", "-ip.bind=0.0.0.0")
            .WithHttpEndpoint(targetPort: S3Container.Port, name: "http")
            .WithVolume(Volume(data, Servers.ObjectStoreName), "/data")
            .WithContainerFiles(S3ConfigPath, async (_, cancel) =>
                [new ContainerFile { Name = "s3.json", Contents = Identities(await secret.Resource.GetValueAsync(cancel) ?? "") }])
            .WithHttpHealthCheck("/healthz");
    }

    private static string Identities(string secret) => JsonSerializer.Serialize(new
    {
        identities = new[]
        {
            new
            {
                name = S3Container.AccessKey,
                credentials = new[] { new { accessKey = S3Container.AccessKey, secretKey = secret } },
                actions = Actions,
            },
        },
    });

    private static (string Image, string Tag) SplitImage(string image)
    {
        var colon = image.LastIndexOf(':');
        return colon > image.LastIndexOf('/') ? (image[..colon], image[(colon + 1)..]) : (image, "latest");
    }

    private static string Volume(DataFolder data, string server) =>
        $"aspirefed-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(data.Root)))[..12]}-{server}";
}
