using System.Collections.Concurrent;
using AspireFed.Aggregator.Experiments;
using AspireFed.Aggregator.Rounds;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Specs;
using AspireFed.Ledger;
using AspireFed.ServiceDefaults;

namespace AspireFed.Aggregator.Keeping;

/// <summary>
/// Deletes the weights that a spec does not keep, in the background: training never waits for it, and a store that fails in deleting is asked
/// again later. It touches the updates of a round only when the round is in the history, that is after the last reader of them.
/// </summary>
public sealed class Retention(ExperimentLedger ledger, TimeProvider time, ILogger<Retention> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, ExperimentHistory?> _due = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (Leftovers Leftovers, int Rounds)> _running = new(StringComparer.Ordinal);
    private readonly WakeUp _wakeUp = new(time);

    /// <summary>Something was committed, or the experiment has its turn or has ended.</summary>
    public void Look(ExperimentHistory history)
    {
        _due[history.Id] = history;
        _wakeUp.Set();
    }

    /// <summary>Experiments had ended when this process began: what the one before left undone is made good.</summary>
    public void LookAtEnded(IEnumerable<string> ids)
    {
        foreach (var id in ids) _due.TryAdd(id, null);
        _wakeUp.Set();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await _wakeUp.WaitAsync(Pause, stoppingToken);
            foreach (var due in _due.ToArray())
            {
                if (!_due.TryRemove(due)) continue; // it has just become due again
                try
                {
                    await DeleteAsync(due.Key, due.Value, stoppingToken);
                }
                catch (Exception e) when (TransientFault.MayPass(e))
                {
                    logger.LogWarning("What {Experiment} does not keep stays for now: {Reason}", due.Key, e.Message);
                    _due.TryAdd(due.Key, due.Value);
                }
                catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
                {
                    // This aggregator leads no more: the next leader looks for itself.
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    logger.LogError(e, "What {Experiment} does not keep stays", due.Key);
                }
            }
        }
    }

    private async Task DeleteAsync(string id, ExperimentHistory? history, CancellationToken cancel)
    {
        using var trace = Telemetry.Activities.StartActivity("retention"); // one for all that goes, or each deletion would be a trace
        trace?.SetTag("aspirefed.experiment", id);
        if (history is { Outcome: null }) await DeleteOfRunningAsync(history, cancel);
        else await DeleteOfEndedAsync(id, cancel);
    }

    private async Task DeleteOfRunningAsync(ExperimentHistory history, CancellationToken cancel)
    {
        var rounds = history.Rounds.Select(round => round.Commit.Decision.Key).ToList();
        var rule = new KeepRule(history.Record.Spec, rounds, history.Evaluations, goesOn: true);
        if (!_running.TryGetValue(history.Id, out var known))
            known.Leftovers = Leftovers.Of(history.Record, await StageObjects.ListAsync(ledger, history.Record, cancel), new HashSet<RoundKey>(rounds).Contains);
        else
            rounds.Skip(known.Rounds).ToList().ForEach(key => known.Leftovers.Add(key, updates: !history.Record.Spec.Keep.Updates));
        _running[history.Id] = (known.Leftovers, rounds.Count);
        // Updates that came too late for the last round may still count in the next.
        var spared = history.Record.Spec.Federation.Late == LatePolicy.Next ? rounds.LastOrDefault() : null;
        await known.Leftovers.DeleteAsync(ledger.Store, rule, spared, cancel);
    }

    /// <summary>From the ledger alone: the last metrics and updates may have come when nobody listened any more.</summary>
    private async Task DeleteOfEndedAsync(string id, CancellationToken cancel)
    {
        _running.Remove(id);
        var record = (await ledger.ExperimentAsync(id, cancel)).Record;
        var stages = await StageObjects.ListAsync(ledger, record, cancel);
        List<RoundMetrics> evaluations = [];
        foreach (var objects in stages) evaluations.AddRange(await objects.MetricsAsync(ledger, cancel));
        var rule = new KeepRule(record.Spec, stages.SelectMany(objects => objects.Committed), evaluations, goesOn: false);
        await Leftovers.Of(record, stages, _ => true).DeleteAsync(ledger.Store, rule, spared: null, cancel);
    }
}
