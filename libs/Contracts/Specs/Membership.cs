namespace AspireFed.Contracts.Specs;

/// <summary>
/// Whose images an experiment is about. Fixed: the partition's clients at its creation. Open: those, and every client of the partition that a
/// trainer announces later, from the next round on.
/// </summary>
public enum Membership
{
    Fixed,
    Open,
}
