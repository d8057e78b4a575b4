using System.Security.Cryptography;
using System.Text;
using AspireFed.Imaging.DataSets;

namespace AspireFed.Training.Batches;

/// <summary>Chooses the images whose labels a client may use: the same in every round, run and method, since only names decide.</summary>
public static class LabelFraction
{
    /// <summary>
    /// Of every class the first max(1, floor(fraction * n + 0.5)) images in the order of their names' SHA-256; their own order stays.
    /// </summary>
    public static IReadOnlyList<LabelledImage> Choose(IReadOnlyList<LabelledImage> images, double fraction)
    {
        var chosen = images
            .GroupBy(image => image.Label)
            .SelectMany(ofClass => ofClass
                .OrderBy(image => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(image.File))), StringComparer.Ordinal)
                .Take(Math.Max(1, (int)Math.Floor((fraction * ofClass.Count()) + 0.5))))
            .ToHashSet();
        return [.. images.Where(chosen.Contains)];
    }
}
