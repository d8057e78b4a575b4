using AspireFed.Contracts.Documents;

namespace AspireFed.Training;

/// <summary>Counts how images of known classes are classified.</summary>
public sealed class ClassificationTally(int classes)
{
    private readonly int[][] _confusion = [.. Enumerable.Range(0, classes).Select(_ => new int[classes])];
    private double _loss;
    private int _images;

    /// <param name="scores">Logits of one image.</param>
    public void Add(int label, ReadOnlySpan<float> scores)
    {
        double max = scores[0];
        var best = 0;
        for (var i = 1; i < scores.Length; i++)
            if (scores[i] > max) (max, best) = (scores[i], i);
        var sum = 0.0;
        foreach (var score in scores) sum += Math.Exp(score - max);
        _loss += max + Math.Log(sum) - scores[label];
        _confusion[label][best]++;
        _images++;
    }

    /// <exception cref="InvalidOperationException">No image has been counted.</exception>
    public ClassificationMetrics Metrics()
    {
        if (_images == 0) throw new InvalidOperationException("There is nothing to measure without images.");
        var right = Enumerable.Range(0, classes).Sum(c => _confusion[c][c]);
        var recalls = Enumerable.Range(0, classes)
            .Where(c => _confusion[c].Sum() > 0)
            .Select(c => _confusion[c][c] / (double)_confusion[c].Sum());
        return new ClassificationMetrics(
            _images, right / (double)_images, recalls.Average(), _loss / _images, [.. _confusion.Select(row => (int[])[.. row])]);
    }
}
