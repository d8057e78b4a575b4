using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Messages;
using AspireFed.Contracts.Specs;
using AspireFed.Contracts.Views;

namespace AspireFed.Aggregator.Rounds;

/// <summary>
/// The round under way, in memory: whose update counts, who has failed, who has been heard when. All of it but the signs of life can be
/// read again from the ledger. Messages and the loop touch it at the same time.
/// </summary>
public sealed class OpenRound
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, Member> _members = new(StringComparer.Ordinal);
    private readonly HashSet<string> _seen = [];
    private readonly List<RefusedUpdate> _refused = [];
    private readonly List<UpdateReady> _heard = [];
    private readonly ExperimentSpec _spec;
    private bool _isDecided;

    /// <param name="spec">Says whether updates of the round before may count.</param>
    public OpenRound(RoundOpening opening, ExperimentSpec spec)
    {
        (Opening, _spec) = (opening, spec);
        foreach (var client in opening.Cohort)
            _members[client.Name] = new Member(new ClientProgress(client, "", null, 0, 0, null, 0, false, "", null));
    }

    public RoundOpening Opening { get; }

    public RoundKey Key => Opening.Key;

    /// <summary>Seconds spent on fetching updates, and on checking and averaging them.</summary>
    public double FetchSeconds { get; set; }

    public double AggregationSeconds { get; set; }

    /// <summary>Bytes of the updates that were fetched.</summary>
    public long FetchedBytes { get; set; }

    /// <summary>Whether an update may count here: an own one, or by the spec's will one of the round before, as long as nothing is decided.</summary>
    public bool Hears(UpdateReady update)
    {
        lock (_lock)
        {
            if (_isDecided || (update.Key != Key && _spec.TakesLateOf(update.Key) != Key)) return false;
            _heard.Add(update);
            return true;
        }
    }

    /// <summary>From now on no update counts here any more.</summary>
    /// <returns>The updates that were heard until now, also those that came too late for the decision.</returns>
    public IReadOnlyList<UpdateReady> Close()
    {
        lock (_lock)
        {
            _isDecided = true;
            return [.. _heard];
        }
    }

    public IReadOnlyList<VerifiedUpdate> Counted() => Read(member => member.Update);

    /// <summary>Who has failed or was refused and has not given a good update since, in ordinal order.</summary>
    public IReadOnlyList<LeftOut> LeftOut() =>
        Read(member => member.Update is null && member.Problem is { } reason ? new LeftOut(member.Progress.Client, reason) : null);

    /// <summary>Who would count if the round ended now, in ordinal order of names, and why the others would not.</summary>
    public RoundDecision Decision()
    {
        var counted = Counted().Select(update =>
            new CountedUpdate(update.Manifest.Client, update.Manifest.Weights, update.Manifest.Samples, update.Manifest.Loss)).ToList();
        var failed = LeftOut();
        var missing = Opening.Cohort
            .Where(client => counted.TrueForAll(c => c.Client != client) && failed.All(left => left.Client != client))
            .Select(client => new LeftOut(client, "No update came before the deadline."));
        return new RoundDecision(Key, counted, [.. failed.Concat(missing).OrderBy(left => left.Client.Name, StringComparer.Ordinal)])
        {
            Refused = Refused(),
            Asked = Read(member => new AskedClient(member.Progress.Client, member.Progress.Trainer, member.Times)),
        };
    }

    public IReadOnlyList<ClientProgress> Progress() => Read(member => member.Progress);

    public ClientProgress? Progress(ClientId client) => Peek(client, member => member.Progress);

    /// <summary>Clients whose update is still awaited and that have neither spoken nor been asked for so long.</summary>
    public IReadOnlyList<ClientId> Silent(TimeSpan silence, DateTimeOffset now) =>
        Read(member => member.Update is null && member.Problem is null && now - Latest(member) >= silence ? member.Progress.Client : null);

    public void Asked(ClientId client, string trainer, DateTimeOffset now) => Change(client, member =>
    {
        member.AskedUtc = now;
        member.Times++;
        member.Progress = member.Progress with { Trainer = trainer, Problem = "" };
    });

    /// <summary>No trainer hosts this client at the moment; it is asked as soon as one announces it.</summary>
    public void Homeless(ClientId client) => Change(client, member =>
        member.Progress = member.Progress with { Problem = "No trainer has announced this client; the round waits for one." });

    public void Progressed(TrainingProgress report, DateTimeOffset now) => Change(report.Client, member =>
        member.Progress = member.Progress with
        {
            Trainer = report.Trainer,
            Phase = report.Phase,
            Step = report.Step,
            Steps = report.Steps,
            Loss = report.Loss ?? member.Progress.Loss,
            ImagesPerSecond = report.ImagesPerSecond,
            LastSeenUtc = now,
        });

    public void Count(VerifiedUpdate update, DateTimeOffset now) => Change(update.Manifest.Client, member =>
    {
        member.Update = update;
        member.Progress = member.Progress with
        {
            Trainer = update.Manifest.Trainer,
            Loss = update.Manifest.Loss,
            Step = member.Progress.Steps,
            ImagesPerSecond = 0,
            Done = true,
            Problem = "",
            LastSeenUtc = now,
        };
    });

    /// <summary>This client's update does not count, unless a good one comes before the round is over.</summary>
    public void LeaveOut(ClientId client, string reason) => Change(client, member =>
    {
        member.Problem = reason;
        if (member.Update is null) member.Progress = member.Progress with { Problem = reason };
    });

    /// <summary>This update does not count; its client is left out unless a good one comes before the round is over.</summary>
    public void Refuse(RefusedUpdate refused)
    {
        lock (_lock) _refused.Add(refused);
        LeaveOut(refused.Client, $"Its update was refused: {refused.Reason}");
    }

    /// <summary>Whether an update of this very round counts already; one that came late from the round before gives way to it.</summary>
    public bool HasCounted(ClientId client, RoundKey key) => Peek(client, member => member.Update) is { } update && (update.Manifest.Key == Key || key != Key);

    /// <summary>Whether an object of the round is seen for the first time. Only the loop asks.</summary>
    public bool IsNew(string name) => _seen.Add(name);

    private IReadOnlyList<RefusedUpdate> Refused()
    {
        lock (_lock) return [.. _refused];
    }

    private static DateTimeOffset Latest(Member member) =>
        member.Progress.LastSeenUtc is { } seen && seen > member.AskedUtc ? seen : member.AskedUtc;

    private List<T> Read<T>(Func<Member, T?> what)
        where T : class
    {
        lock (_lock) return [.. _members.Values.Select(what).OfType<T>()];
    }

    private T? Peek<T>(ClientId client, Func<Member, T?> what)
        where T : class
    {
        lock (_lock) return _members.TryGetValue(client.Name, out var member) ? what(member) : null;
    }

    private void Change(ClientId client, Action<Member> change)
    {
        lock (_lock)
        {
            if (_members.TryGetValue(client.Name, out var member)) change(member);
        }
    }

    private sealed class Member(ClientProgress progress)
    {
        public ClientProgress Progress { get; set; } = progress;

        public VerifiedUpdate? Update { get; set; }

        public string? Problem { get; set; }

        public int Times { get; set; }

        public DateTimeOffset AskedUtc { get; set; } = DateTimeOffset.MinValue;
    }
}
