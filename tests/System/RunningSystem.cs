using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using AspireFed.Contracts.Views;
using AspireFed.Fed.Server;
using AspireFed.Imaging.Phantoms;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

[assembly: AssemblyFixture(typeof(AspireFed.Tests.System.RunningSystem))]

namespace AspireFed.Tests.System;

/// <summary>The whole system as the AppHost brings it up, with a small phantom set; started once for all tests.</summary>
public sealed class RunningSystem : IAsyncLifetime
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(8);

    private readonly string _data = Directory.CreateTempSubdirectory("aspirefed-system-").FullName;
    private DistributedApplication? _application;
    private HttpClient? _http;

    public AggregatorClient Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        using var limit = new CancellationTokenSource(StartLimit);
        PhantomSet.Write(
            Path.Combine(_data, "sets", "phantom"), new PhantomSettings { TrainPerSite = 40, TestPerSite = 10 }, progress: null,
            limit.Token);
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(
            ["--infrastructure", "local", "--data", _data, "--trainers", "2"], limit.Token);
        builder.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning)
            .AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None)
            .AddFilter("AspireFed.AppHost.Resources", LogLevel.None));
        _application = await builder.BuildAsync(limit.Token);
        await _application.StartAsync(limit.Token);
        var notifications = _application.Services.GetRequiredService<ResourceNotificationService>();
        var model = _application.Services.GetRequiredService<DistributedApplicationModel>();
        await Task.WhenAll(model.Resources.OfType<ProjectResource>().Select(service =>
            notifications.WaitForResourceHealthyAsync(service.Name, WaitBehavior.StopOnResourceUnavailable, limit.Token)));
        _http = new HttpClient { BaseAddress = _application.GetEndpoint("aggregator", "http") };
        Server = new AggregatorClient(_http, TimeProvider.System);
    }

    /// <summary>Creates an experiment from a file of the repository, with values laid over it.</summary>
    public async Task<string> CreateAsync(string file, IReadOnlyList<string> sets, CancellationToken cancel)
    {
        var yaml = await File.ReadAllTextAsync(Repository.File("experiments", file), cancel);
        return (await Server.CreateAsync(file, yaml, sets, check: false, cancel)).Id;
    }

    /// <summary>Follows an experiment's events to their end.</summary>
    public async Task<ExperimentView> EndOfAsync(string id, CancellationToken cancel)
    {
        while (true)
        {
            using (var story = await Server.OpenEventsAsync(id, after: "", cancel))
                await story.Content.CopyToAsync(Stream.Null, cancel);
            var view = await Server.ShowAsync(id, cancel);
            if (view.Summary.State is not (ExperimentState.Queued or ExperimentState.Running)) return view;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _http?.Dispose();
        if (_application is not null) await _application.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }
}
