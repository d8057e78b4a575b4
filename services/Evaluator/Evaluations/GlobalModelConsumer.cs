using AspireFed.Contracts.Messages;
using MassTransit;

namespace AspireFed.Evaluator.Evaluations;

/// <summary>
/// Puts a model on the list and is done. A list that is lost with the process comes again: the Aggregator asks until it has its answer.
/// </summary>
public sealed class GlobalModelConsumer(EvaluationQueue queue) : IConsumer<GlobalModelPublished>
{
    public Task Consume(ConsumeContext<GlobalModelPublished> context)
    {
        queue.Add(context.Message);
        return Task.CompletedTask;
    }
}
