namespace AspireFed.Models;

/// <summary>What became of the tensors when pre-trained weights were taken over, by name.</summary>
/// <param name="Taken">Of the new model, filled from the pre-trained one; interpolated where the grids differ.</param>
/// <param name="Left">Of the pre-trained model, without use in the new one.</param>
/// <param name="New">Of the new model, at their own start values.</param>
public sealed record TransferReport(IReadOnlyList<string> Taken, IReadOnlyList<string> Left, IReadOnlyList<string> New);
