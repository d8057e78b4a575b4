namespace AspireFed.Contracts.Documents;

/// <summary>How well a classifier does on a set of images.</summary>
/// <param name="Top1">Share of images classified rightly, 0 to 1.</param>
/// <param name="BalancedAccuracy">Mean recall over the classes that have images, 0 to 1.</param>
/// <param name="Loss">Mean cross entropy.</param>
/// <param name="Confusion">Counts, [true class][predicted class].</param>
public sealed record ClassificationMetrics(int Images, double Top1, double BalancedAccuracy, double Loss, int[][] Confusion);
