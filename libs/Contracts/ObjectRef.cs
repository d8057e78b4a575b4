namespace AspireFed.Contracts;

/// <summary>
/// Points to one object in the store and says what it must contain. Weights travel as such references, never inside a message.
/// </summary>
/// <param name="Name">The object's name in the bucket.</param>
/// <param name="Sha256">Lower-case hexadecimal SHA-256 of the object's bytes.</param>
/// <param name="Size">Bytes.</param>
public sealed record ObjectRef(string Name, string Sha256, long Size);
