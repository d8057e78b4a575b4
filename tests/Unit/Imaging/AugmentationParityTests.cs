using AspireFed.Contracts.Specs;
using AspireFed.Imaging.Augmenting;
using AspireFed.Imaging.Pixels;

namespace AspireFed.Tests.Unit.Imaging;

public sealed class AugmentationParityTests
{
    private readonly ParityCase _case = ParityCase.Open("augmentation");

    [Theory]
    [InlineData("crop_bicubic", ResampleFilter.Bicubic)]
    [InlineData("crop_bilinear", ResampleFilter.Bilinear)]
    [InlineData("crop_lanczos", ResampleFilter.Lanczos)]
    [InlineData("crop_up_bicubic", ResampleFilter.Bicubic)]
    [InlineData("crop_up_lanczos", ResampleFilter.Lanczos)]
    public void A_resized_crop_equals_the_references_to_the_bit(string name, ResampleFilter filter)
    {
        var box = _case.Json("case.json").GetProperty("config").GetProperty("operations").GetProperty(name);
        var expected = _case.Image($"out.{name}");
        int Of(string property) => box.GetProperty(property).GetInt32();

        var cut = new PixelBox(Of("left"), Of("top"), Of("width"), Of("height"));
        var image = Resample.Resize(_case.Image("in.image"), cut, expected.Width, expected.Height, filter);

        Assert.Equal(expected.Pixels, image.Pixels);
    }

    [Theory]
    [InlineData("brightness_0.7")]
    [InlineData("brightness_1.35")]
    [InlineData("contrast_0.7")]
    [InlineData("contrast_1.35")]
    [InlineData("saturation_0.7")]
    [InlineData("saturation_1.35")]
    [InlineData("hue_0.05")]
    [InlineData("hue_-0.03")]
    [InlineData("rotate_7.3")]
    [InlineData("rotate_-4.1")]
    [InlineData("hflip")]
    [InlineData("grayscale3")]
    [InlineData("test_resize_centercrop")]
    public void An_operation_equals_the_references_to_the_bit(string name)
    {
        var parts = name.Split('_');
        var amount = parts.Length == 2 ? double.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture) : 0;
        var image = _case.Image("in.image");

        var result = parts[0] switch
        {
            "brightness" => ColorChange.Brightness(image, amount),
            "contrast" => ColorChange.Contrast(image, amount),
            "saturation" => ColorChange.Saturation(image, amount),
            "hue" => HueChange.Turn(image, amount),
            "rotate" => Rotation.Turn(image, amount),
            "hflip" => RandomHorizontalFlip.Flip(image),
            "grayscale3" => ColorChange.Grayscale(image),
            _ => new CenterView(48).Apply(image),
        };

        Assert.Equal(_case.Image($"out.{name}").Pixels, result.Pixels);
    }

    [Theory]
    [InlineData("normalized_default", Normalization.Imagenet)]
    [InlineData("normalized_retina", Normalization.Retina)]
    public void Normalised_pixels_equal_the_references_to_the_bit(string name, Normalization normalization)
    {
        var image = _case.Image("out.test_resize_centercrop");
        var chw = new float[image.Pixels.Length];

        Normalize.Into(image, normalization, chw);

        Assert.Equal(_case.Floats($"out.{name}"), chw);
    }
}
