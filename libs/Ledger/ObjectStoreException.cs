namespace AspireFed.Ledger;

/// <summary>The object store could not do what was asked; the message names the object and the address.</summary>
public sealed class ObjectStoreException : Exception
{
    public ObjectStoreException(string message) : base(message) { }

    public ObjectStoreException(string message, Exception inner) : base(message, inner) { }
}
