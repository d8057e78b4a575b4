using System.Collections.Immutable;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Specs;
using AspireFed.Contracts.Views;

namespace AspireFed.Aggregator.Experiments;

/// <summary>
/// What the ledger holds of an experiment, kept in memory while it is of use. Grows only by what has been written to the ledger before.
/// </summary>
/// <param name="reference">The experiment's record as an object: what trainers and evaluator are pointed to.</param>
public sealed class ExperimentHistory(ExperimentRecord record, ObjectRef reference)
{
    private readonly Lock _lock = new();
    private ImmutableList<RoundView> _rounds = [];
    private ImmutableList<RoundMetrics> _evaluations = [];

    public string Id => Record.Id;

    public ExperimentRecord Record { get; } = record;

    public ObjectRef Reference { get; } = reference;

    /// <summary>Null as long as the experiment goes on.</summary>
    public ExperimentOutcome? Outcome { get; set; }

    /// <summary>The fault of its surroundings that holds it up, in one sentence; empty where none does.</summary>
    public string HeldUp { get; set; } = "";

    /// <summary>Whether it is this experiment's turn.</summary>
    public bool Running { get; set; }

    /// <summary>SHA-256 of the newest commit as it lies in the ledger; null where there is none.</summary>
    public string? LastCommitSha256 { get; private set; }

    /// <summary>The committed rounds, oldest first.</summary>
    public IReadOnlyList<RoundView> Rounds => _rounds;

    public IReadOnlyList<RoundMetrics> Evaluations => _evaluations;

    public RoundCommit? LastCommit(Stage stage) => _rounds.FindLast(round => round.Commit.Decision.Key.Stage == stage)?.Commit;

    /// <summary>
    /// The weights that a round starts from: the round before it, and for round 0 the end of the transformer's stage before, or what the spec
    /// names; null where there is none.
    /// </summary>
    public ObjectRef? StartOf(RoundKey key) => StageBehind(Record.Spec, key) is { } stage ? LastCommit(stage)?.Global
        : key.Stage == Stage.Tokenizer ? null : Record.Init;

    /// <summary>The stage whose last model a round starts from; null where it starts from none.</summary>
    public static Stage? StageBehind(ExperimentSpec spec, RoundKey key) => key.Round > 0 ? key.Stage
        : key.Stage == Stage.Finetune && spec.Pretrain is not null ? Stage.Pretrain : null;

    /// <summary>The weights of the tokenizer behind a stage's targets; null where it has none.</summary>
    public ObjectRef? TokenizerOf(Stage stage) =>
        stage != Stage.Pretrain ? null : Record.TokenizerWeights ?? LastCommit(Stage.Tokenizer)?.Global;

    public bool IsEvaluated(RoundKey key) => _evaluations.Exists(metrics => metrics.Key == key);

    /// <param name="sha256">Of the commit as it lies in the ledger; null where nobody goes on from it.</param>
    public void Add(RoundCommit commit, string? sha256, RoundTiming? timing)
    {
        lock (_lock)
        {
            _rounds = _rounds.Add(new RoundView(commit, timing));
            LastCommitSha256 = sha256;
        }
    }

    /// <summary>Returns false where these metrics are known already.</summary>
    public bool Add(RoundMetrics metrics)
    {
        lock (_lock)
        {
            if (IsEvaluated(metrics.Key)) return false;
            _evaluations = _evaluations.Add(metrics).Sort((a, b) => a.Key.Round.CompareTo(b.Key.Round));
            return true;
        }
    }

    public ExperimentSummary Summary()
    {
        var spec = Record.Spec;
        var stages = spec.Stages();
        var stage = stages.FirstOrDefault(s => (LastCommit(s)?.Decision.Key.Round ?? -1) < spec.Training(s).Rounds, stages[^1]);
        var rounds = _rounds;
        var evaluations = _evaluations;
        return new ExperimentSummary(
            Id, spec.Name, spec.Description, State(), Record.CreatedUtc, Outcome?.EndedUtc, stage, LastCommit(stage)?.Decision.Key.Round ?? 0,
            spec.Training(stage).Rounds, rounds.FindLast(round => round.Commit.Decision.Key.Round > 0)?.Commit.Loss,
            evaluations is [.., var last] ? last.Overall.Top1 : null, evaluations is [.., var same] ? same.Overall.BalancedAccuracy : null,
            Outcome?.Reason ?? "", Outcome is null ? HeldUp : "");
    }

    private ExperimentState State() => Outcome?.End switch
    {
        ExperimentEnd.Completed => ExperimentState.Completed,
        ExperimentEnd.Failed => ExperimentState.Failed,
        ExperimentEnd.Cancelled => ExperimentState.Cancelled,
        _ => Running ? ExperimentState.Running : ExperimentState.Queued,
    };
}
