using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Tests.Chaos.Plan;
using AspireFed.Tests.Chaos.World;

namespace AspireFed.Tests.Chaos;

/// <summary>Runs an experiment to its end while its services suffer what a plan says, and keeps account of both.</summary>
internal sealed class Driver(ChaosWorld world, string experiment, Action<string> tell)
{
    private readonly Lock _lock = new();
    private readonly List<RoundCommit> _commits = [];
    private readonly Dictionary<string, int> _faults = [];
    private TaskCompletionSource _news = NewSignal();

    /// <summary>All commits seen so far, in order, each as it was when it was first seen.</summary>
    public IReadOnlyList<RoundCommit> Commits
    {
        get { lock (_lock) return [.. _commits]; }
    }

    /// <summary>What has happened, and how often.</summary>
    public IReadOnlyDictionary<string, int> Faults
    {
        get { lock (_lock) return new Dictionary<string, int>(_faults); }
    }

    public int Struck
    {
        get { lock (_lock) return _faults.Values.Sum(); }
    }

    /// <summary>Follows the experiment to its end.</summary>
    /// <param name="plans">Each runs beside the experiment; what is left of them at its end is left out.</param>
    public async Task<ExperimentOutcome> RunAsync(
        IReadOnlyList<(Stage Stage, int Rounds)> stages, IReadOnlyList<Func<Driver, CancellationToken, Task>> plans, CancellationToken cancel)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Task[] running = [.. plans.Select(plan => plan(this, end.Token))];
        var outcome = FollowAsync(stages, cancel);
        // A plan that fails ends the run.
        while (!outcome.IsCompleted)
        {
            var first = await Task.WhenAny([outcome, .. running.Where(plan => !plan.IsCompletedSuccessfully)]);
            if (first != outcome) await first;
        }
        await end.CancelAsync();
        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return await outcome;
    }

    /// <summary>Returns when so many rounds have been committed.</summary>
    public async Task ReachAsync(int rounds, CancellationToken cancel)
    {
        while (true)
        {
            Task news;
            lock (_lock)
            {
                if (_commits.Count >= rounds) return;
                news = _news.Task;
            }
            await news.WaitAsync(cancel);
        }
    }

    /// <summary>Lets a service suffer a fault.</summary>
    public async Task StrikeAsync(Victim victim, Fault fault, CancellationToken cancel)
    {
        await victim.SufferAsync(fault, cancel);
        Count(fault.ToString(), $"{victim.Name}: {fault}");
    }

    /// <summary>Does something to a server.</summary>
    public async Task HarmAsync(string what, Func<CancellationToken, Task> harm, CancellationToken cancel)
    {
        await harm(cancel);
        Count(what, what);
    }

    private void Count(string what, string sentence)
    {
        lock (_lock) _faults[what] = _faults.GetValueOrDefault(what) + 1;
        tell($"{Struck,4} faults, {Commits.Count,3} commits: {sentence}");
    }

    private async Task<ExperimentOutcome> FollowAsync(IReadOnlyList<(Stage Stage, int Rounds)> stages, CancellationToken cancel)
    {
        foreach (var (stage, rounds) in stages)
        {
            for (var round = 0; round <= rounds; round++)
            {
                var key = new RoundKey(experiment, stage, round);
                RoundCommit? commit;
                while ((commit = await world.CommitAsync(key, cancel)) is null)
                {
                    if (await OutcomeAsync(cancel) is { } early) return early;
                    await Task.Delay(TimeSpan.FromMilliseconds(200), cancel);
                }
                TaskCompletionSource news;
                lock (_lock)
                {
                    _commits.Add(commit);
                    (news, _news) = (_news, NewSignal());
                }
                news.SetResult();
            }
        }
        while (true)
        {
            if (await OutcomeAsync(cancel) is { } outcome) return outcome;
            await Task.Delay(TimeSpan.FromMilliseconds(200), cancel);
        }
    }

    private Task<ExperimentOutcome?> OutcomeAsync(CancellationToken cancel) =>
        world.Ledger.ReadAsync<ExperimentOutcome>(ObjectNames.Outcome(experiment), cancel);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
