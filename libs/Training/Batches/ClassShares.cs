using AspireFed.Imaging.DataSets;

namespace AspireFed.Training.Batches;

/// <summary>How the classes are shared out among a client's images.</summary>
public static class ClassShares
{
    /// <summary>
    /// Logarithms of the shares, each class counted once more than it is there: a class that a client has never seen gets a small share
    /// and not none.
    /// </summary>
    public static float[] Logarithms(IReadOnlyList<LabelledImage> images, int classes)
    {
        var counts = new int[classes];
        foreach (var image in images) counts[image.Label]++;
        return [.. counts.Select(count => (float)Math.Log((count + 1.0) / (images.Count + classes)))];
    }
}
