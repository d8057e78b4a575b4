using AspireFed.Contracts.Messages;

namespace AspireFed.Aggregator.Experiments;

/// <summary>What the Evaluator was last heard to say of the experiment whose results are awaited.</summary>
public sealed class EvaluationBoard(TimeProvider time)
{
    private readonly Lock _lock = new();
    private string _experiment = "";
    private string? _failure;
    private DateTimeOffset _heardUtc = DateTimeOffset.MinValue;

    /// <summary>Why there will be no results, or null.</summary>
    public string? Failure
    {
        get { lock (_lock) return _failure; }
    }

    public DateTimeOffset HeardUtc
    {
        get { lock (_lock) return _heardUtc; }
    }

    public void Watch(string experiment)
    {
        lock (_lock)
        {
            _experiment = experiment;
            _failure = null;
            _heardUtc = DateTimeOffset.MinValue;
        }
    }

    public void Heard(ModelEvaluated message)
    {
        lock (_lock)
        {
            if (message.Key.Experiment != _experiment) return;
            _heardUtc = time.GetUtcNow();
            if (message.Last) _failure = message.Failure;
        }
    }
}
