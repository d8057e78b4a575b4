namespace AspireFed.Contracts.Views;

/// <summary>An experiment in one line.</summary>
/// <param name="Stage">The stage under way, or the last one.</param>
/// <param name="Round">Rounds of that stage that are committed.</param>
/// <param name="Loss">Training loss of the last commit.</param>
/// <param name="Top1">Of the last evaluation, 0 to 1.</param>
/// <param name="Reason">Why it failed or was cancelled; otherwise empty.</param>
/// <param name="HeldUp">What it waits for where a fault of its surroundings holds it up, such as a full store; otherwise empty. It goes on by itself.</param>
public sealed record ExperimentSummary(
    string Id, string Name, string Description, ExperimentState State, DateTimeOffset CreatedUtc, DateTimeOffset? EndedUtc, Stage? Stage, int Round, int Rounds,
    double? Loss, double? Top1, double? BalancedAccuracy, string Reason, string HeldUp = "");
