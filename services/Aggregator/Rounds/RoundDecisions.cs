using System.Text.Json;
using AspireFed.Aggregator.Leading;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Ledger;
using AspireFed.Ledger.Faults;

namespace AspireFed.Aggregator.Rounds;

/// <summary>
/// Makes each round's decision once, whoever leads: by compare-and-set under the lease, then into the ledger. All that follows is a pure function
/// of the decision, so two Aggregators that follow the same one write the same bytes.
/// </summary>
public sealed class RoundDecisions(ExperimentLedger ledger, Leadership leadership, ILeaderLease lease)
{
    /// <summary>The decision that the ledger holds; of several, which only a loss of Redis allows, the one of the lowest epoch stands.</summary>
    public async Task<RoundDecision?> FindAsync(RoundKey key, CancellationToken cancel) =>
        await ledger.Store.ListAsync(ObjectNames.DecisionsPrefix(key), cancel) is [var first, ..]
            ? await ledger.GetAsync<RoundDecision>(first, cancel)
            : null;

    /// <summary>Proposes a decision and writes down the one that stands: this one, or one that an earlier leader made and could not write.</summary>
    public async Task<RoundDecision> MakeAsync(RoundDecision proposal, CancellationToken cancel)
    {
        var term = leadership.Current;
        var key = proposal.Key;
        var proposed = JsonSerializer.SerializeToUtf8Bytes(proposal with { Epoch = term.Epoch }, ContractJson.Options);
        var bytes = await lease.DecideAsync(term.Holder, term.Epoch, key.Experiment, key.ToString(), proposed, cancel);
        if (bytes is null) term.End();
        term.Demand();
        var stands = JsonSerializer.Deserialize<RoundDecision>(bytes!, ContractJson.Options)!;
        FaultHook.Reach(FaultPoint.DecisionAgreed);
        await ledger.WriteAsync(ObjectNames.Decision(key, stands.Epoch), stands, cancel);
        FaultHook.Reach(FaultPoint.DecisionWritten);
        return stands;
    }
}
