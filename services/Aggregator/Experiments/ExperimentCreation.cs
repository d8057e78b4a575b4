using AspireFed.Aggregator.Checkpoints;
using AspireFed.Aggregator.Clients;
using AspireFed.Aggregator.LiveView;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Specs;
using AspireFed.Ledger;
using AspireFed.Specs;

namespace AspireFed.Aggregator.Experiments;

/// <summary>Checks specs and makes experiments of the good ones.</summary>
public sealed class ExperimentCreation(
    ExperimentLedger ledger, ExperimentCatalog catalog, ClientRegistry registry, SpecWeights weights, Story story, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1);

    /// <summary>
    /// All faults of a spec at once. Where clients are missing and the Aggregator has only just started, trainers get a few seconds to announce
    /// themselves first.
    /// </summary>
    /// <param name="weightsMustBeThere">Whether weights that the spec names and that are not in the store yet are a fault.</param>
    public async Task<SpecVerdict> CheckAsync(string yaml, IReadOnlyList<string> sets, bool weightsMustBeThere, CancellationToken cancel)
    {
        var reading = SpecReader.Read(yaml, sets);
        var verdict = await CheckClientsAsync(reading, cancel);
        if (reading.Draft is not { } draft) return verdict;
        var (faults, init, tokenizer) = await weights.FindAsync(draft, reading.LineOf, weightsMustBeThere, cancel);
        return verdict with { Faults = InOrder(verdict.Faults.Concat(faults)), Init = init, TokenizerWeights = tokenizer };
    }

    private async Task<SpecVerdict> CheckClientsAsync(SpecReading reading, CancellationToken cancel)
    {
        while (true)
        {
            var news = registry.News;
            var verdict = Check(reading);
            if (verdict.Faults.Count == reading.Faults.Count || !await registry.AwaitAsync(news, cancel)) return verdict;
        }
    }

    /// <summary>The record of a good spec, not yet written.</summary>
    public ExperimentRecord Draft(SpecVerdict good)
    {
        var now = time.GetUtcNow();
        var id = $"{good.Spec!.Name}-{now:yyyyMMddHHmmss}";
        for (var suffix = 2; catalog.Contains(id); suffix++) id = $"{good.Spec.Name}-{now:yyyyMMddHHmmss}-{suffix}";
        return new ExperimentRecord(id, now, good.Spec, good.Clients, good.Init, good.TokenizerWeights);
    }

    /// <summary>Writes a new experiment into the ledger and queues it.</summary>
    public async Task<ExperimentHistory> CreateAsync(SpecVerdict good, CancellationToken cancel)
    {
        await _one.WaitAsync(cancel);
        try
        {
            var record = Draft(good);
            var history = new ExperimentHistory(record, await ledger.WriteAsync(ObjectNames.Experiment(record.Id), record, cancel));
            story.Created(history);
            catalog.Add(history);
            return history;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private SpecVerdict Check(SpecReading reading)
    {
        if (reading.Draft is not { } draft) return new SpecVerdict(reading.Faults, null, []);
        var (faults, clients) = new SpecAgainstClients(draft, reading.LineOf, registry.All()).Check();
        return new SpecVerdict(InOrder(reading.Faults.Concat(faults)), reading.Spec, clients);
    }

    private static IReadOnlyList<SpecFault> InOrder(IEnumerable<SpecFault> faults) =>
        [.. faults.OrderBy(fault => fault.Line == 0).ThenBy(fault => fault.Line)];
}
