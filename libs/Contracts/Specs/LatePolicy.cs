namespace AspireFed.Contracts.Specs;

/// <summary>
/// What becomes of an update that comes after its round's commit. Refuse: it does not count, and its client is told. Next: it counts in the round
/// after, where nothing fresher of its client comes in time.
/// </summary>
public enum LatePolicy
{
    Refuse,
    Next,
}
