using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Views;
using AspireFed.Fed.Server;
using Spectre.Console;

namespace AspireFed.Benchmarks.Running;

/// <summary>An experiment that is created to be measured, on a system that is up.</summary>
internal sealed class MeasuredExperiment : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly HttpClient _http;
    private readonly AggregatorClient _server;
    private readonly string _id;

    private MeasuredExperiment(HttpClient http, AggregatorClient server, string id) => (_http, _server, _id) = (http, server, id);

    /// <exception cref="InputException">There is no such spec, or it has faults.</exception>
    public static async Task<MeasuredExperiment> CreateAsync(string spec, IReadOnlyList<string> sets, string? address, CancellationToken cancel)
    {
        if (!File.Exists(spec)) throw new InputException($"There is no spec {spec}; name one with --spec.");
        var http = new HttpClient
        {
            BaseAddress = ServerAddress.Find(
                address, Environment.GetEnvironmentVariable(ServerAddress.Variable), Environment.CurrentDirectory),
        };
        try
        {
            var server = new AggregatorClient(http, TimeProvider.System);
            var created = await server.CreateAsync(spec, await File.ReadAllTextAsync(spec, cancel), sets, check: false, cancel);
            return new MeasuredExperiment(http, server, created.Id);
        }
        catch
        {
            http.Dispose();
            throw;
        }
    }

    /// <summary>Returns all that is known of it once it has completed, and shows meanwhile how far it is.</summary>
    /// <param name="look">Called about once a second.</param>
    /// <exception cref="InputException">It failed or was cancelled.</exception>
    public Task<ExperimentView> EndAsync(Action<ExperimentSummary> look, CancellationToken cancel) =>
        AnsiConsole.Status().StartAsync(_id, async status =>
        {
            while (true)
            {
                var summary = (await _server.ListAsync(cancel)).Single(summary => summary.Id == _id);
                look(summary);
                if (summary.State == ExperimentState.Completed) return await _server.ShowAsync(_id, cancel);
                if (summary.State is ExperimentState.Failed or ExperimentState.Cancelled)
                    throw new InputException($"The experiment {_id} did not complete: {summary.Reason}");
                status.Status = $"{_id} {summary.Stage?.ToName()} {summary.Round}/{summary.Rounds}";
                await Task.Delay(Pause, cancel);
            }
        });

    public void Dispose() => _http.Dispose();
}
