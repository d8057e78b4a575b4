namespace AspireFed.Contracts;

/// <summary>
/// What a person gave is wrong: a spec, a folder, an image, a csv line, a checkpoint, an address. The message is one sentence that says
/// what, where and what to do; it is shown as it is, without a stack trace.
/// </summary>
public sealed class InputException : Exception
{
    public InputException(string message) : base(message) { }

    public InputException(string message, Exception inner) : base(message, inner) { }
}
