using System.Text.Json;
using AspireFed.Contracts.Specs;
using AspireFed.Imaging.Augmenting;
using AspireFed.Imaging.Pixels;
using AspireFed.Models;
using AspireFed.Tests.Parity.Recordings;
using TorchSharp;
using static TorchSharp.torch;

namespace AspireFed.Tests.Parity.Kinds;

/// <summary>Operations on pictures, to the bit; the pipelines they form are with <see cref="RecordedPipelines"/>.</summary>
internal sealed class AugmentationKind() : CaseKind("augmentation")
{
    private const string Output = "out.", Normalized = "normalized_";
    private const string View = "out.test_resize_centercrop", TokenPicture = "out.crop_lanczos";

    public override bool Fits(Recording recording) => recording.Config.TryGetProperty("pipelines", out _);

    public override void Check(Recording recording)
    {
        RecordedPipelines.Check(recording);
        var image = Image(recording, "in.image");
        foreach (var operation in recording.Config.GetProperty("operations").EnumerateObject())
        {
            // What is only described in words belongs to the arrays that are left out below.
            if (!recording.Has(Output + operation.Name) || operation.Value.TryGetProperty("what", out _)) continue;
            var side = recording.Shape(Output + operation.Name);
            recording.Hold(Output + operation.Name, Bytes(Apply(operation, image, (int)side[1], (int)side[0])));
        }
        foreach (var name in recording.NamesUnder(Output + Normalized).ToList())
        {
            var view = Image(recording, View);
            var pixels = new float[view.Pixels.Length];
            Normalize.Into(view, name == "retina" ? Normalization.Retina : Normalization.Imagenet, pixels);
            recording.Hold(Output + Normalized + name, tensor(pixels, 3, view.Height, view.Width), "float");
        }
        var picture = Bytes(Image(recording, TokenPicture)).permute(2, 0, 1).to(ScalarType.Float32) / 255;
        recording.Hold("out.map_pixels", DalleEncoder.MapPixels(picture), "float");
        recording.LeaveOut(
            name => name.Contains("retina_", StringComparison.Ordinal),
            "the reference resizes arrays of floats and then cuts fractions off (or turns them black); here arrays are rounded to grey "
            + "levels and resized as all pictures are");
    }

    private static RgbImage Apply(JsonProperty operation, RgbImage image, int width, int height)
    {
        double Of(string key) => operation.Value.GetProperty(key).GetDouble();
        return operation.Name.Split('_')[0] switch
        {
            "crop" => Resample.Resize(
                image, new PixelBox((int)Of("left"), (int)Of("top"), (int)Of("width"), (int)Of("height")), width, height,
                Enum.Parse<ResampleFilter>(operation.Value.GetProperty("interpolation").GetString()!, ignoreCase: true)),
            "brightness" => ColorChange.Brightness(image, Of("factor")),
            "contrast" => ColorChange.Contrast(image, Of("factor")),
            "saturation" => ColorChange.Saturation(image, Of("factor")),
            "hue" => HueChange.Turn(image, Of("factor")),
            "rotate" => Rotation.Turn(image, Of("angle")),
            "hflip" => RandomHorizontalFlip.Flip(image),
            "grayscale3" => ColorChange.Grayscale(image),
            "test" => new CenterView((int)Of("size")).Apply(image),
            _ => throw new NotSupportedException($"There is no operation {operation.Name}."),
        };
    }

    private static RgbImage Image(Recording recording, string name)
    {
        var shape = recording.Shape(name);
        return new RgbImage((int)shape[1], (int)shape[0], recording.Values<byte>(name));
    }

    private static Tensor Bytes(RgbImage image) => tensor(image.Pixels, image.Height, image.Width, 3);
}
