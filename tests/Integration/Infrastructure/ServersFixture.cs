using System.Diagnostics;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

[assembly: AssemblyFixture(typeof(AspireFed.Tests.Integration.Infrastructure.ServersFixture))]

namespace AspireFed.Tests.Integration.Infrastructure;

/// <summary>
/// Redis, RabbitMQ and the object store, started by the AppHost as in a run but without the services. One set serves all tests of the
/// assembly (take it as a constructor parameter), so a test must use names of its own; one that harms the servers makes its own set.
/// </summary>
public sealed class ServersFixture : IAsyncLifetime
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(5);
    private static readonly string[] Names = ["redis", "rabbitmq", "objectstore"];

    private readonly string _data = Directory.CreateTempSubdirectory("aspirefed-servers-").FullName;
    private DistributedApplication? _application;

    /// <summary>For StackExchange.Redis.</summary>
    public string Redis { get; private set; } = "";

    /// <summary>amqp://user:password@host:port.</summary>
    public string RabbitMq { get; private set; } = "";

    /// <summary>Endpoint, AccessKey, SecretKey and Bucket; the bucket need not exist yet.</summary>
    public string ObjectStore { get; private set; } = "";

    /// <summary>The same with a bucket of one's own.</summary>
    public string ObjectStoreOf(string bucket) => string.Join(';', ObjectStore.Split(';')
        .Where(part => !part.StartsWith("Bucket=", StringComparison.OrdinalIgnoreCase)).Append($"Bucket={bucket}"));

    private DistributedApplication Application => _application ?? throw new InvalidOperationException("The servers have not been started.");

    private ResourceNotificationService Notifications => Application.Services.GetRequiredService<ResourceNotificationService>();

    public async ValueTask InitializeAsync()
    {
        using var limit = new CancellationTokenSource(StartLimit);
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(
            ["--infrastructure", "local", "--servers-only", "--data", _data], limit.Token);
        // Checks fail until the servers are up; a failed start throws by itself.
        builder.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning)
            .AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None)
            .AddFilter("AspireFed.AppHost.Resources", LogLevel.None));
        _application = await builder.BuildAsync(limit.Token);
        await _application.StartAsync(limit.Token);
        await Task.WhenAll(Names.Select(name =>
            Notifications.WaitForResourceHealthyAsync(name, WaitBehavior.StopOnResourceUnavailable, limit.Token)));
        Redis = await ConnectionStringAsync("redis", limit.Token);
        RabbitMq = await ConnectionStringAsync("rabbitmq", limit.Token);
        ObjectStore = await ConnectionStringAsync("objectstore", limit.Token);
    }

    /// <summary>Ends a server's process at once, as a crash does, and returns when it is gone.</summary>
    public async Task KillAsync(string name, CancellationToken cancel)
    {
        var running = await Notifications.WaitForResourceAsync(name, change => Pid(change) is not null, cancel);
        using var process = Process.GetProcessById(Pid(running) ?? throw new InvalidOperationException($"{name} does not run."));
        process.Kill();
        await process.WaitForExitAsync(cancel);
        await Notifications.WaitForResourceAsync(name, KnownResourceStates.TerminalStates, cancel);
    }

    /// <summary>Starts a server that has ended and returns when it answers.</summary>
    public async Task StartAsync(string name, CancellationToken cancel)
    {
        var commands = Application.Services.GetRequiredService<ResourceCommandService>();
        var result = await commands.ExecuteCommandAsync(name, KnownResourceCommands.StartCommand, cancel);
        if (!result.Success) throw new InvalidOperationException($"{name} does not start again: {result.Message}");
        // What is known at first is still the end of the old process.
        await Notifications.WaitForResourceHealthyAsync(name, WaitBehavior.WaitOnResourceUnavailable, cancel);
    }

    public async ValueTask DisposeAsync()
    {
        if (_application is not null) await _application.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    private static int? Pid(ResourceEvent change) =>
        change.Snapshot.State?.Text == KnownResourceStates.Running
            ? change.Snapshot.Properties.FirstOrDefault(property => property.Name is "executable.pid")?.Value as int?
            : null;

    private async Task<string> ConnectionStringAsync(string name, CancellationToken cancel) =>
        await Application.GetConnectionStringAsync(name, cancel)
        ?? throw new InvalidOperationException($"{name} has no connection string.");
}
