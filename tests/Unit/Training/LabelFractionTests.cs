using System.Security.Cryptography;
using System.Text;
using AspireFed.Imaging.DataSets;
using AspireFed.Training.Batches;

namespace AspireFed.Tests.Unit.Training;

public sealed class LabelFractionTests
{
    private static readonly List<LabelledImage> Images =
        [.. Enumerable.Range(0, 37).Select(i => new LabelledImage($"image{i:D2}.jpg", "", i % 10 == 0 ? 1 : 0, ""))];

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(0.1, 3, 1)]
    [InlineData(0.5, 17, 2)]
    [InlineData(1, 33, 4)]
    public void Every_class_keeps_its_share_and_at_least_one(double fraction, int ofMany, int ofFew)
    {
        var chosen = LabelFraction.Choose(Images, fraction);
        Assert.Equal((ofMany, ofFew), (chosen.Count(image => image.Label == 0), chosen.Count(image => image.Label == 1)));
        Assert.Equal(chosen.OrderBy(image => image.File, StringComparer.Ordinal), chosen);
    }

    [Fact]
    public void The_names_whose_hashes_come_first_are_chosen()
    {
        string HashOf(LabelledImage image) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(image.File)));
        var chosen = LabelFraction.Choose(Images, 0.3);
        var left = Images.Except(chosen).ToList();

        foreach (var label in (int[])[0, 1])
        {
            var last = chosen.Where(image => image.Label == label).Select(HashOf).Max(StringComparer.Ordinal)!;
            Assert.All(left.Where(image => image.Label == label), image => Assert.True(string.CompareOrdinal(HashOf(image), last) > 0));
        }
    }

    [Fact]
    public void A_smaller_fraction_is_part_of_a_larger_one() =>
        Assert.Subset(LabelFraction.Choose(Images, 0.7).ToHashSet(), LabelFraction.Choose(Images, 0.2).ToHashSet());
}
