namespace AspireFed.Aggregator.Leading;

/// <summary>
/// Which of several Aggregators leads, and what it has decided: the one place where two of them meet. May be emptied at any time; epochs then
/// go on above the highest that the ledger knows.
/// </summary>
public interface ILeaderLease
{
    /// <summary>How long a lease lasts that is not renewed.</summary>
    TimeSpan Length { get; }

    /// <summary>Takes the lease where nobody holds it.</summary>
    /// <param name="above">The new epoch is greater than this.</param>
    /// <returns>The epoch of the new term, or null where another holds the lease.</returns>
    Task<long?> TryTakeAsync(string holder, long above, CancellationToken cancel);

    /// <summary>Makes the lease last <see cref="Length"/> from now; false where another has taken it since.</summary>
    Task<bool> RenewAsync(string holder, long epoch, CancellationToken cancel);

    /// <summary>Gives the lease back, where it is still this holder's.</summary>
    Task ReleaseAsync(string holder, long epoch, CancellationToken cancel);

    /// <summary>Who leads, for people; null where nobody does.</summary>
    Task<string?> HolderAsync(CancellationToken cancel);

    /// <summary>Compare-and-set of a decision: the first one for a round stands.</summary>
    /// <returns>The decision that stands, this one or an earlier leader's; null where the lease is another's.</returns>
    Task<byte[]?> DecideAsync(string holder, long epoch, string experiment, string round, byte[] decision, CancellationToken cancel);

    /// <summary>Forgets the last decision of an experiment that has ended.</summary>
    Task ForgetAsync(string experiment, CancellationToken cancel);
}
