using AspireFed.Aggregator.Experiments;
using AspireFed.Aggregator.LiveView;
using AspireFed.Aggregator.Rounds;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Messages;
using AspireFed.Ledger;
using MassTransit;

namespace AspireFed.Aggregator.Messaging;

/// <summary>Something new lies in the ledger: wakes the loop, which looks for itself. An update of a round that is over is answered at once.</summary>
public sealed class RoundSignals(
    RoundBoard board, WakeUp wakeUp, LateUpdates late, ExperimentCatalog catalog, EvaluationBoard evaluations, ExperimentLedger ledger, Story story)
    : IConsumer<UpdateReady>, IConsumer<TrainingFailed>, IConsumer<ModelEvaluated>
{
    public async Task Consume(ConsumeContext<UpdateReady> context)
    {
        if (board.Open?.Hears(context.Message) == true) wakeUp.Set();
        else await late.AnswerAsync(context.Message, context.CancellationToken);
    }

    public Task Consume(ConsumeContext<TrainingFailed> context)
    {
        wakeUp.Set();
        return Task.CompletedTask;
    }

    public async Task Consume(ConsumeContext<ModelEvaluated> context)
    {
        var message = context.Message;
        evaluations.Heard(message);
        if (catalog.FindOpen(message.Key.Experiment) is { } history)
        {
            if (message.Failure is { } reason) story.NotEvaluated(history, message.Key, reason);
            else if (await ledger.ReadAsync<RoundMetrics>(ObjectNames.Metrics(message.Key), context.CancellationToken) is { } metrics && history.Add(metrics))
                story.Evaluated(history, metrics);
        }
        wakeUp.Set();
    }
}
