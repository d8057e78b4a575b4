using System.Globalization;
using AspireFed.AppHost.Infrastructure;
using AspireFed.AppHost.Running;
using Microsoft.Extensions.DependencyInjection;

namespace AspireFed.AppHost.Services;

/// <summary>The four services and what each of them is told.</summary>
internal static class ServiceExtensions
{
    private const string Ready = "/health";

    public static IResourceBuilder<ProjectResource> AddAggregator(
        this IDistributedApplicationBuilder builder, Servers servers, DataFolder data) =>
        builder.AddProject<Projects.Aggregator>("aggregator")
            .WithHttpEndpoint()
            .WithHttpHealthCheck(Ready)
            .WithReference(servers.Redis).WaitFor(servers.Redis)
            .WithLedgerAndMessages(servers)
            .WithEnvironment("Aggregator__Scratch", Path.Combine(data.Root, "aggregator"));

    /// <summary>Speaks gRPC over plain HTTP/2 at <c>http://tokenizer</c>; its health has an endpoint of its own, for HTTP/1.1.</summary>
    public static IResourceBuilder<ProjectResource> AddTokenizer(this IDistributedApplicationBuilder builder, Servers servers)
    {
        var tokenizer = builder.AddProject<Projects.Tokenizer>("tokenizer")
            .WithHttpEndpoint(name: "http")
            .WithHttpEndpoint(name: "health")
            .WithHttpHealthCheck(Ready, endpointName: "health")
            .WithLedger(servers)
            .WithCompute(1);
        return tokenizer
            .WithKestrelEndpoint("http", "Http2")
            .WithKestrelEndpoint("health", "Http1");
    }

    public static IResourceBuilder<ProjectResource> AddTrainer(
        this IDistributedApplicationBuilder builder, int shard, RunOptions options, Servers servers, DataFolder data,
        IResourceBuilder<ProjectResource> aggregator, IResourceBuilder<ProjectResource> tokenizer)
    {
        var number = shard.ToString(CultureInfo.InvariantCulture);
        var (resource, trainer) = ($"trainer-{number}", $"local-{number}");
        var announced = $"{resource}-announced";
        var check = new AnnouncedCheck(aggregator.GetEndpoint("http"), trainer, TimeProvider.System);
        builder.Services.AddHealthChecks().AddCheck(announced, check);
        return builder.AddProject<Projects.ClientTrainer>(resource)
            .WithHttpEndpoint()
            .WithHttpHealthCheck(Ready)
            .WithHealthCheck(announced)
            .WithReference(tokenizer)
            .WithLedgerAndMessages(servers)
            .WithCompute(options.Trainers)
            .WithEnvironment("Trainer__Name", trainer)
            .WithEnvironment("Trainer__Shard", number)
            .WithEnvironment("Trainer__Shards", options.Trainers.ToString(CultureInfo.InvariantCulture))
            .WithEnvironment("Trainer__State", Path.Combine(data.Root, "trainers", resource))
            .WithEnvironment("Trainer__DataRoots", Roots(data));
    }

    public static IResourceBuilder<ProjectResource> AddEvaluator(
        this IDistributedApplicationBuilder builder, RunOptions options, Servers servers, DataFolder data) =>
        builder.AddProject<Projects.Evaluator>("evaluator")
            .WithHttpEndpoint()
            .WithHttpHealthCheck(Ready)
            .WithLedgerAndMessages(servers)
            .WithCompute(options.Trainers)
            .WithEnvironment("Evaluator__DataRoots", Roots(data))
            .WithEnvironment("Evaluator__Scratch", Path.Combine(data.Root, "evaluator"));

    private static IResourceBuilder<ProjectResource> WithLedgerAndMessages(
        this IResourceBuilder<ProjectResource> service, Servers servers) =>
        service
            .WithReference(servers.RabbitMq).WaitFor(servers.RabbitMq)
            .WithLedger(servers);

    private static IResourceBuilder<ProjectResource> WithLedger(this IResourceBuilder<ProjectResource> service, Servers servers) =>
        service.WithReference(servers.ObjectStore).WaitFor(servers.ObjectStore);

    /// <summary>Shares the cores among so many; threads that wait must not spin, or two processes slow each other down sixfold.</summary>
    private static IResourceBuilder<ProjectResource> WithCompute(this IResourceBuilder<ProjectResource> service, int sharers) =>
        service
            .WithEnvironment("OMP_NUM_THREADS", Math.Max(1, Environment.ProcessorCount / sharers).ToString(CultureInfo.InvariantCulture))
            .WithEnvironment("OMP_WAIT_POLICY", "passive");

    private static IResourceBuilder<ProjectResource> WithKestrelEndpoint(
        this IResourceBuilder<ProjectResource> service, string name, string protocols)
    {
        var port = service.GetEndpoint(name).Property(EndpointProperty.TargetPort);
        return service
            .WithEnvironment($"Kestrel__Endpoints__{name}__Url", ReferenceExpression.Create($"http://127.0.0.1:{port}"))
            .WithEnvironment($"Kestrel__Endpoints__{name}__Protocols", protocols);
    }

    private static string Roots(DataFolder data) => string.Join(Path.PathSeparator, [data.Sets, .. Repository.DataRoots()]);
}
