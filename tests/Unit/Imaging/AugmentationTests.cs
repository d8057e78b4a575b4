using AspireFed.Contracts.Randomness;
using AspireFed.Contracts.Specs;
using AspireFed.Imaging.Augmenting;
using AspireFed.Imaging.Pixels;
using CsCheck;

namespace AspireFed.Tests.Unit.Imaging;

public sealed class AugmentationTests
{
    [Theory]
    [InlineData(AugmentationPreset.Derm)]
    [InlineData(AugmentationPreset.Retina)]
    [InlineData(AugmentationPreset.CovidFl)]
    [InlineData(AugmentationPreset.CropFlip)]
    public void Every_pipeline_gives_its_size_and_the_same_picture_for_the_same_stream(AugmentationPreset preset)
    {
        var image = Gradient(70, 91);
        var before = image.Pixels.ToArray();

        foreach (var augmentation in (Augmentation[])[Augmentation.ForPretraining(preset, 48), Augmentation.ForFinetuning(preset, 48)])
        {
            var first = augmentation.Apply(image, RandomStream.Derive(1, "a"));
            Assert.Equal((48, 48), (first.Width, first.Height));
            Assert.Equal(first.Pixels, augmentation.Apply(image, RandomStream.Derive(1, "a")).Pixels);
            Assert.NotEqual(first.Pixels, augmentation.Apply(image, RandomStream.Derive(1, "b")).Pixels);
        }

        Assert.Equal(before, image.Pixels);
    }

    [Fact]
    public void Both_pictures_of_a_pair_show_the_same_box()
    {
        var pair = Augmentation.ForPretraining(AugmentationPreset.CropFlip, 64, 32);
        for (var seed = 0; seed < 20; seed++)
        {
            var (patches, tokens) = pair.ApplyPair(Gradient(100, 80), RandomStream.Derive(seed));
            var shrunk = Resample.Resize(patches, 32, 32, ResampleFilter.Bilinear);

            Assert.Equal((64, 32), (patches.Width, tokens.Width));
            Assert.True(shrunk.Pixels.Zip(tokens.Pixels, (a, b) => Math.Abs(a - b)).Average() < 1.5);
        }
    }

    [Fact]
    public void A_picture_of_test_size_is_tested_as_it_is()
    {
        var image = Gradient(64, 64);

        Assert.Same(image, Augmentation.ForTest(64).Apply(image, RandomStream.Derive(1)));
        Assert.Equal((64, 64), (Augmentation.ForTest(64).Apply(Gradient(91, 70), RandomStream.Derive(1)).Width, 64));
    }

    [Fact]
    public void A_box_is_inside_its_picture_and_within_scale_and_aspect() =>
        Gen.Select(Gen.Int[1, 300], Gen.Int[1, 300], Gen.Double[0.05, 0.9], Gen.Int).Sample((width, height, scale, seed) =>
        {
            var crop = new RandomResizedCrop(8, ResampleFilter.Bicubic, new(scale, 1));
            var box = crop.Draw(width, height, RandomStream.Derive(seed));
            return box.Left >= 0 && box.Top >= 0 && box.Width > 0 && box.Height > 0
                && box.Left + box.Width <= width && box.Top + box.Height <= height
                && (width < 20 || height < 20 || box.Width / (double)box.Height is > 0.68 and < 1.45);
        });

    [Fact]
    public void Shares_above_one_end_with_the_whole_of_a_square_picture()
    {
        var crop = new RandomResizedCrop(8, ResampleFilter.Bicubic, new(1.1, 1.2));

        Assert.Equal(new PixelBox(0, 0, 50, 50), crop.Draw(50, 50, RandomStream.Derive(1)));
        Assert.Equal(new PixelBox(17, 0, 67, 50), crop.Draw(101, 50, RandomStream.Derive(1)));
    }

    [Fact]
    public void A_plain_picture_stays_plain_and_in_colour_when_resized() =>
        Gen.Select(Side, Side, Side, Side, Gen.Enum<ResampleFilter>()).Sample((w, h, toW, toH, filter) =>
        {
            var plain = new RgbImage(w, h, [.. Enumerable.Range(0, w * h).SelectMany(_ => (byte[])[12, 200, 255])]);
            var resized = Resample.Resize(plain, toW, toH, filter);
            return resized.Width == toW && resized.Height == toH && resized.Pixels.Chunk(3).All(p => p is [12, 200, 255]);
        });

    [Fact]
    public void Neutral_changes_of_colour_change_nothing()
    {
        var image = Gradient(20, 30);

        Assert.Equal(image.Pixels, ColorChange.Brightness(image, 1).Pixels);
        Assert.Equal(image.Pixels, ColorChange.Contrast(image, 1).Pixels);
        Assert.Equal(image.Pixels, ColorChange.Saturation(image, 1).Pixels);
        Assert.Equal(ColorChange.Grayscale(image).Pixels, ColorChange.Saturation(image, 0).Pixels);
        Assert.Equal(image.Pixels, Rotation.Turn(image, 0).Pixels);
        Assert.Equal(image.Pixels, RandomHorizontalFlip.Flip(RandomHorizontalFlip.Flip(image)).Pixels);
    }

    private static Gen<int> Side => Gen.Int[1, 90];

    private static RgbImage Gradient(int width, int height)
    {
        var pixels = new byte[width * height * 3];
        for (int y = 0, at = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                pixels[at++] = (byte)(x * 255 / width);
                pixels[at++] = (byte)(y * 255 / height);
                pixels[at++] = (byte)((x + y) * 255 / (width + height));
            }
        }

        return new RgbImage(width, height, pixels);
    }
}
