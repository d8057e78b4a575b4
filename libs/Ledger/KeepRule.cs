using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Specs;

namespace AspireFed.Ledger;

/// <summary>
/// Which global models of an experiment stay. It depends on the ledger alone, and what it has dropped once it does not want again when more
/// rounds are committed or evaluated: so models may be deleted at any time after, and in any order.
/// </summary>
public sealed class KeepRule
{
    private readonly ExperimentSpec _spec;
    private readonly bool _goesOn;
    private readonly Dictionary<Stage, int> _newest = [];
    private readonly HashSet<RoundKey> _evaluated;
    private readonly RoundKey? _best;

    /// <param name="committed">The committed rounds.</param>
    /// <param name="evaluations">The metrics that are in the ledger.</param>
    /// <param name="goesOn">Whether more rounds and evaluations may follow.</param>
    public KeepRule(ExperimentSpec spec, IEnumerable<RoundKey> committed, IReadOnlyList<RoundMetrics> evaluations, bool goesOn)
    {
        (_spec, _goesOn) = (spec, goesOn);
        foreach (var key in committed) _newest[key.Stage] = Math.Max(key.Round, _newest.GetValueOrDefault(key.Stage));
        _evaluated = [.. evaluations.Select(metrics => metrics.Key)];
        // Of two that are equally good the earlier one, or the other would have to come back once it is dropped.
        _best = spec.Keep.Best
            ? evaluations.OrderByDescending(metrics => metrics.Overall.BalancedAccuracy).ThenByDescending(metrics => metrics.Overall.Top1)
                .ThenBy(metrics => metrics.Key.Round).FirstOrDefault()?.Key
            : null;
    }

    public bool Keeps(RoundKey key)
    {
        var newest = _newest.GetValueOrDefault(key.Stage, -1);
        if (key.Round > newest) return _goesOn; // not committed: somebody is at it, or nobody will ever be
        return KeepsForGood(key) || key.Round > newest - _spec.Keep.Last || key == _best || IsAwaited(key);
    }

    /// <summary>Whether a model stays whatever comes.</summary>
    public bool KeepsForGood(RoundKey key) =>
        key.Round == Rounds(key.Stage) || (_spec.Keep.Every > 0 && key.Round > 0 && key.Round % _spec.Keep.Every == 0);

    /// <summary>Whether the Evaluator has still to look at it.</summary>
    private bool IsAwaited(RoundKey key) =>
        _goesOn && key.Stage == Stage.Finetune && _spec.Evaluate.Includes(key.Round, Rounds(key.Stage)) && !_evaluated.Contains(key);

    private int Rounds(Stage stage) => _spec.Training(stage).Rounds;
}
