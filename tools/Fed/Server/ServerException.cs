namespace AspireFed.Fed.Server;

/// <summary>The server does not answer or cannot do its work; the message is one sentence with its address.</summary>
public sealed class ServerException : Exception
{
    public ServerException(string message) : base(message) { }

    public ServerException(string message, Exception inner) : base(message, inner) { }
}
