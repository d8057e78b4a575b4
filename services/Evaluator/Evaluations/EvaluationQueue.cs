using System.Diagnostics;
using AspireFed.Contracts;
using AspireFed.Contracts.Messages;

namespace AspireFed.Evaluator.Evaluations;

/// <summary>The models that wait for their evaluation: experiments in order of arrival, and in each the earliest round first.</summary>
public sealed class EvaluationQueue
{
    private readonly Lock _gate = new();
    private readonly List<(GlobalModelPublished Model, ActivityContext Trace)> _waiting = [];
    private TaskCompletionSource _added = NewSignal();

    /// <summary>Adds a model; one that waits already is not added twice.</summary>
    public void Add(GlobalModelPublished model)
    {
        lock (_gate)
        {
            if (_waiting.Any(waiting => waiting.Model == model)) return;
            _waiting.Add((model, Activity.Current?.Context ?? default));
            _added.TrySetResult();
        }
    }

    /// <summary>Takes the next model out, with the trace that it came in; waits for one.</summary>
    public async Task<(GlobalModelPublished Model, ActivityContext Trace)> TakeAsync(CancellationToken cancel)
    {
        while (true)
        {
            Task added;
            lock (_gate)
            {
                if (_waiting is [var first, ..])
                {
                    var next = _waiting.Where(waiting => waiting.Model.Key.Experiment == first.Model.Key.Experiment)
                        .MinBy(waiting => (waiting.Model.Key.Stage, waiting.Model.Key.Round, waiting.Model.Last));
                    _waiting.Remove(next);
                    return next;
                }
                if (_added.Task.IsCompleted) _added = NewSignal();
                added = _added.Task;
            }
            await added.WaitAsync(cancel);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
