using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Messages;
using AspireFed.Ledger;
using MassTransit;

namespace AspireFed.Tests.Harness.Aggregator;

/// <summary>An evaluator that finds every fine-tuned model as good as a test says.</summary>
internal sealed class FakeEvaluator(IObjectStore store)
{
    private readonly ExperimentLedger _ledger = new(store);

    /// <summary>What it says instead of evaluating the last model.</summary>
    public string? Failure { get; set; }

    /// <summary>Whether a message reaches it.</summary>
    public Predicate<GlobalModelPublished> Hears { get; set; } = _ => true;

    /// <summary>Whether its answers reach anybody.</summary>
    public bool Speaks { get; init; } = true;

    /// <summary>How good it finds a model.</summary>
    public Func<RoundKey, double> BalancedAccuracy { get; set; } = _ => 0.75;

    public void Connect(IReceiveEndpointConfigurator endpoint)
    {
        endpoint.ConcurrentMessageLimit = 1; // as the real one: a model after another
        endpoint.Handler<GlobalModelPublished>(EvaluateAsync);
    }

    private async Task EvaluateAsync(ConsumeContext<GlobalModelPublished> context)
    {
        if (!Hears(context.Message)) return;
        var (key, _, weights, last) = context.Message;
        if (last && Failure is not null)
        {
            await context.Publish(new ModelEvaluated(key, 0, 0, last, Failure));
            return;
        }
        var overall = new ClassificationMetrics(10, 0.8, BalancedAccuracy(key), 0.5, [[4, 1], [1, 4]]);
        if (key.Stage == Stage.Finetune)
        {
            await _ledger.WriteAsync(
                ObjectNames.Metrics(key), new RoundMetrics(key, ["no", "yes"], overall, new Dictionary<string, ClassificationMetrics>()), context.CancellationToken);
        }
        if (last)
        {
            var record = await _ledger.GetAsync<ExperimentRecord>(ObjectNames.Experiment(key.Experiment), context.CancellationToken);
            var evaluations = await (await StageObjects.ListAsync(_ledger, key.Experiment, Stage.Finetune, context.CancellationToken))
                .MetricsAsync(_ledger, context.CancellationToken);
            var results = new ExperimentResults(key.Experiment, record.Spec, [], [], evaluations, weights.Sha256, 1, 1, 1);
            await _ledger.WriteAsync(ObjectNames.Results(key.Experiment), results, context.CancellationToken);
        }
        if (Speaks) await context.Publish(new ModelEvaluated(key, overall.Top1, overall.BalancedAccuracy, last, null));
    }
}
