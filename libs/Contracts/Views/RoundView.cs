using AspireFed.Contracts.Documents;

namespace AspireFed.Contracts.Views;

/// <summary>A committed round: who counted, and where its time went.</summary>
public sealed record RoundView(RoundCommit Commit, RoundTiming? Timing);
