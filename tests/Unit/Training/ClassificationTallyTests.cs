using AspireFed.Training;

namespace AspireFed.Tests.Unit.Training;

public sealed class ClassificationTallyTests
{
    [Fact]
    public void Metrics_follow_from_the_counts()
    {
        var tally = new ClassificationTally(3);
        tally.Add(0, [5, 0, 0]);
        tally.Add(0, [5, 0, 0]);
        tally.Add(0, [0, 5, 0]);
        tally.Add(1, [0, 5, 0]);

        var metrics = tally.Metrics();

        Assert.Equal(4, metrics.Images);
        Assert.Equal(0.75, metrics.Top1, 1e-12);
        Assert.Equal(((2 / 3.0) + 1) / 2, metrics.BalancedAccuracy, 1e-12); // class 2 has no images and does not count
        Assert.Equal([[2, 1, 0], [0, 1, 0], [0, 0, 0]], metrics.Confusion);
        var right = Math.Log(1 + (2 * Math.Exp(-5)));
        Assert.Equal(right + (5 / 4.0), metrics.Loss, 1e-9);
    }

    [Fact]
    public void Large_scores_do_not_overflow()
    {
        var tally = new ClassificationTally(2);
        tally.Add(1, [1000, -1000]);
        Assert.Equal(2000, tally.Metrics().Loss, 1e-9);
    }
}
