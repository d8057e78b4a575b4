namespace AspireFed.Weights;

/// <summary>A file of weights is not what it should be; the message is one sentence that names the file and the fault.</summary>
public sealed class WeightsException : Exception
{
    public WeightsException(string message) : base(message) { }

    public WeightsException(string message, Exception inner) : base(message, inner) { }
}
