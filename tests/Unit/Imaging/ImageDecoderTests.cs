using System.Buffers.Binary;
using System.Text;
using AspireFed.Contracts;
using AspireFed.Contracts.Randomness;
using AspireFed.Imaging.Pixels;
using SkiaSharp;

namespace AspireFed.Tests.Unit.Imaging;

public sealed class ImageDecoderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_png_comes_back_as_it_was_written()
    {
        var image = Noise(37, 23);

        var loaded = ImageDecoder.Load(_folder.Write("a.png", ImageEncoder.Png(image)));

        Assert.Equal((37, 23), (loaded.Width, loaded.Height));
        Assert.Equal(image.Pixels, loaded.Pixels);
    }

    [Theory]
    [InlineData(SKEncodedImageFormat.Jpeg)]
    [InlineData(SKEncodedImageFormat.Webp)]
    public void A_lossy_format_is_decoded(SKEncodedImageFormat format)
    {
        using var bitmap = new SKBitmap(48, 32, SKColorType.Rgba8888, SKAlphaType.Opaque);
        bitmap.Erase(new SKColor(200, 100, 50));

        var image = ImageDecoder.Load(_folder.Write("a.img", bitmap.Encode(format, 95).ToArray()));

        Assert.Equal((48, 32), (image.Width, image.Height));
        Assert.Equal(200.0, image.Pixels[0], 4.0);
        Assert.Equal(50.0, image.Pixels[^1], 4.0);
    }

    [Fact]
    public void Grey_becomes_three_channels_and_alpha_is_dropped()
    {
        using var grey = new SKBitmap(2, 1, SKColorType.Gray8, SKAlphaType.Opaque);
        grey.SetPixel(0, 0, new SKColor(7, 7, 7));
        grey.SetPixel(1, 0, new SKColor(250, 250, 250));
        using var clear = new SKBitmap(1, 1, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        clear.SetPixel(0, 0, new SKColor(10, 20, 30, 128));

        var greyImage = ImageDecoder.Decode(grey.Encode(SKEncodedImageFormat.Png, 100).ToArray(), "grey");
        var clearImage = ImageDecoder.Decode(clear.Encode(SKEncodedImageFormat.Png, 100).ToArray(), "clear");

        Assert.Equal([7, 7, 7, 250, 250, 250], greyImage.Pixels);
        Assert.Equal([10, 20, 30], clearImage.Pixels);
    }

    [Theory]
    [InlineData(SKEncodedImageFormat.Jpeg)]
    [InlineData(SKEncodedImageFormat.Png)]
    public void A_file_that_is_cut_short_is_refused_wherever_the_cut_is(SKEncodedImageFormat format)
    {
        using var bitmap = new SKBitmap(64, 64, SKColorType.Rgba8888, SKAlphaType.Opaque);
        bitmap.Pixels = [.. Noise(64, 64).Pixels.Chunk(3).Select(p => new SKColor(p[0], p[1], p[2]))];
        var file = bitmap.Encode(format, 90).ToArray();

        for (var length = 0; length < file.Length - 64; length += 97)
        {
            var path = _folder.Write("cut.img", file[..length]);
            Assert.Contains(path, Assert.Throws<InputException>(() => ImageDecoder.Load(path)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_missing_file_and_a_text_are_refused_by_name()
    {
        var missing = Path.Combine(_folder.Path, "none", "a.png");
        var text = _folder.Write("b.png", "this is not a picture");

        string Message(string path) => Assert.Throws<InputException>(() => ImageDecoder.Load(path)).Message;
        Assert.Contains($"'{missing}' is missing", Message(missing), StringComparison.Ordinal);
        Assert.Contains($"'{text}' is not an image", Message(text), StringComparison.Ordinal);
    }

    [Fact]
    public void A_float_array_is_rounded_and_clamped()
    {
        byte[] values = [.. ((float[])[0.4f, 0.6f, 254.6f, 300f, -3f, 128f]).SelectMany(BitConverter.GetBytes)];

        var image = ImageDecoder.Load(_folder.Write("a.npy", Npy("<f4", "1, 2, 3", values)));

        Assert.Equal((2, 1), (image.Width, image.Height));
        Assert.Equal([0, 1, 255, 255, 0, 128], image.Pixels);
    }

    [Fact]
    public void A_grey_array_becomes_three_channels_and_further_channels_are_dropped()
    {
        var grey = ImageDecoder.Load(_folder.Write("a.npy", Npy("|u1", "2, 1", [9, 200])));
        var four = ImageDecoder.Load(_folder.Write("b.npy", Npy("|u1", "1, 1, 4", [1, 2, 3, 4])));

        Assert.Equal([9, 9, 9, 200, 200, 200], grey.Pixels);
        Assert.Equal([1, 2, 3], four.Pixels);
    }

    [Theory]
    [InlineData("<f4", "2, 2, 3", "cut short")]
    [InlineData("<c8", "1, 1, 3", "is not a picture")]
    [InlineData("<f4", "12,", "is not a picture")]
    public void An_array_that_is_no_picture_is_refused_by_name(string type, string shape, string message)
    {
        var path = _folder.Write("a.npy", Npy(type, shape, new byte[12]));

        var fault = Assert.Throws<InputException>(() => ImageDecoder.Load(path)).Message;
        Assert.Contains(path, fault, StringComparison.Ordinal);
        Assert.Contains(message, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Cached_pictures_are_the_same_until_the_file_changes_and_bounded_in_bytes()
    {
        var (a, b) = (_folder.Write("a.png", ImageEncoder.Png(Noise(16, 8))), _folder.Write("b.png", ImageEncoder.Png(Noise(16, 16))));
        var images = new DecodedImages(capacity: 1000);

        var first = images.Get(a);
        Assert.Same(first, images.Get(a));
        Assert.Equal(16 * 8 * 3, images.Bytes);
        Assert.Equal((4, 4), (images.Get(a, 4).Width, images.Get(a, 4).Height));
        Assert.NotSame(images.Get(b), images.Get(b));
        Assert.Equal((16 * 8 * 3) + (4 * 4 * 3), images.Bytes);

        _folder.Write("a.png", ImageEncoder.Png(Noise(4, 4)));
        Assert.Equal(4, images.Get(a).Width);
        File.Delete(a);
        Assert.Throws<InputException>(() => images.Get(a));
    }

    private static RgbImage Noise(int width, int height)
    {
        var random = RandomStream.Derive(1, width, height);
        return new RgbImage(width, height, [.. Enumerable.Range(0, width * height * 3).Select(_ => (byte)random.NextInt32(256))]);
    }

    private static byte[] Npy(string type, string shape, byte[] values)
    {
        var header = Encoding.ASCII.GetBytes($"{{'descr': '{type}', 'fortran_order': False, 'shape': ({shape}), }}\n");
        var length = new byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(length, (ushort)header.Length);
        return [0x93, .. "NUMPY"u8, 1, 0, .. length, .. header, .. values];
    }
}
