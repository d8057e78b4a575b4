using AspireFed.Contracts.Messages;

namespace AspireFed.Contracts.Views;

/// <summary>What a client does in the open round.</summary>
/// <param name="Phase">Null before its trainer has answered.</param>
/// <param name="Done">Whether its update has been checked and counts.</param>
/// <param name="Problem">Why it will not count, or empty.</param>
public sealed record ClientProgress(
    ClientId Client, string Trainer, TrainingPhase? Phase, int Step, int Steps, double? Loss, double ImagesPerSecond, bool Done, string Problem,
    DateTimeOffset? LastSeenUtc);
