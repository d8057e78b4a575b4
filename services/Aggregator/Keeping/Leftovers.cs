using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Ledger;
using AspireFed.Ledger.Faults;

namespace AspireFed.Aggregator.Keeping;

/// <summary>Rounds of which something may have to go: now, or when what holds it is over.</summary>
public sealed class Leftovers
{
    private readonly HashSet<RoundKey> _updates = [];
    private readonly HashSet<RoundKey> _models = [];

    /// <summary>Finds them in a listing of an experiment's objects, after a start or at its end.</summary>
    /// <param name="isOver">Whether nobody works on a round any more.</param>
    public static Leftovers Of(ExperimentRecord record, IReadOnlyList<StageObjects> stages, Predicate<RoundKey> isOver)
    {
        var found = new Leftovers();
        foreach (var objects in stages)
        {
            if (!record.Spec.Keep.Updates) found._updates.UnionWith(objects.Updates.Where(key => isOver(key)));
            found._models.UnionWith(objects.Models); // of a round that is not over the rule keeps it
        }
        return found;
    }

    /// <summary>A round was committed.</summary>
    public void Add(RoundKey key, bool updates)
    {
        if (updates) _updates.Add(key);
        _models.Add(key);
    }

    /// <summary>Deletes what must not stay and forgets what is settled. Broken off anywhere, it goes on there the next time.</summary>
    /// <param name="spared">A round whose updates are still of use.</param>
    public async Task DeleteAsync(IObjectStore store, KeepRule rule, RoundKey? spared, CancellationToken cancel)
    {
        foreach (var key in _updates.Where(key => key != spared).ToList())
        {
            foreach (var name in await store.ListAsync(ObjectNames.UpdatesPrefix(key), cancel))
            {
                if (StageObjects.IsFailure(name)) continue;
                await store.DeleteAsync(name, cancel);
                FaultHook.Reach(FaultPoint.ObjectDeleted);
            }
            _updates.Remove(key);
        }
        _models.RemoveWhere(rule.KeepsForGood);
        foreach (var key in _models.Where(key => !rule.Keeps(key)).ToList())
        {
            await store.DeleteAsync(ObjectNames.GlobalWeights(key), cancel);
            _models.Remove(key);
        }
    }
}
