namespace AspireFed.ServiceDefaults.Starting;

/// <summary>Somebody ended the service while it waited for its servers: an end like any other, no failure.</summary>
internal sealed class StoppedWhileStartingException(OperationCanceledException inner) : OperationCanceledException(inner.Message, inner);
