namespace AspireFed.Contracts.Documents;

/// <summary>What became of the tensors when the weights of an earlier model were taken over, by name.</summary>
/// <param name="Taken">Of the new model, filled from the earlier one; interpolated where the grids differ.</param>
/// <param name="Left">Of the earlier model, without use in the new one.</param>
/// <param name="New">Of the new model, at their own start values.</param>
public sealed record TransferReport(IReadOnlyList<string> Taken, IReadOnlyList<string> Left, IReadOnlyList<string> New);
