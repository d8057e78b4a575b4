using System.Text.Json;

namespace AspireFed.Ledger;

/// <summary>The object store could not do what was asked; the message names the object and the address.</summary>
public sealed class ObjectStoreException : Exception
{
    public ObjectStoreException(string message) : base(message) { }

    public ObjectStoreException(string message, Exception inner) : base(message, inner) { }

    /// <summary>
    /// Whether the store has answered, and the object is missing or is not what it is said to be. All else says nothing about the object:
    /// a store lists and gives other objects while the one that is asked for lies on a part of it that is away.
    /// </summary>
    public bool IsAboutTheObject => InnerException is null or JsonException || StoreFault.IsMissing(InnerException);
}
