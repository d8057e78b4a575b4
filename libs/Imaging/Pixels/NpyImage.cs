using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using AspireFed.Contracts;

namespace AspireFed.Imaging.Pixels;

/// <summary>
/// Pictures kept as NumPy arrays [height, width] or [height, width, channels] of values from 0 to 255, as the reference's Retina set is.
/// Values are rounded to the nearest grey level; the reference truncates them, and turns arrays that already hold bytes black.
/// </summary>
internal static partial class NpyImage
{
    private const int LargestSide = 1 << 15;

    [GeneratedRegex(@"'descr'\s*:\s*'([^']+)'")]
    private static partial Regex ElementType { get; }

    [GeneratedRegex(@"'fortran_order'\s*:\s*False")]
    private static partial Regex RowByRow { get; }

    [GeneratedRegex(@"'shape'\s*:\s*\(\s*(\d+)\s*,\s*(\d+)\s*(?:,\s*(\d+)\s*)?,?\s*\)")]
    private static partial Regex Shape { get; }

    public static RgbImage Read(ReadOnlySpan<byte> file, string name)
    {
        if (file.Length < 12 || !file.StartsWith(Magic))
            throw new InputException($"'{name}' is not a NumPy array file (.npy); replace it.");
        var longHeader = file[6] >= 2;
        var headerStart = longHeader ? 12 : 10;
        var headerLength = longHeader
            ? BinaryPrimitives.ReadUInt32LittleEndian(file[8..])
            : BinaryPrimitives.ReadUInt16LittleEndian(file[8..]);
        if (headerLength > file.Length - headerStart)
            throw CutShort(name);

        var header = Encoding.Latin1.GetString(file.Slice(headerStart, (int)headerLength));
        var (type, shape) = (ElementType.Match(header), Shape.Match(header));
        if (!type.Success || !shape.Success || !RowByRow.IsMatch(header))
            throw Unfit(name);
        var (height, width) = (Side(shape.Groups[1], name), Side(shape.Groups[2], name));
        var channels = shape.Groups[3].Success ? Side(shape.Groups[3], name) : 1;
        if (channels == 2 || (long)height * width > ImageDecoder.MostPixels)
            throw Unfit(name);

        var (size, read) = Reader(type.Groups[1].Value, name);
        var values = file[(headerStart + (int)headerLength)..];
        if (values.Length < (long)height * width * channels * size)
            throw CutShort(name);

        var pixels = new byte[height * width * 3];
        for (var pixel = 0; pixel < height * width; pixel++)
        {
            for (var c = 0; c < 3; c++)
            {
                var value = read(values[(((pixel * channels) + (channels == 1 ? 0 : c)) * size)..]);
                if (!double.IsFinite(value))
                    throw new InputException($"'{name}' holds a value that is not a number; replace it.");
                pixels[(pixel * 3) + c] = (byte)Math.Clamp(Math.Round(value), 0, 255);
            }
        }

        return new RgbImage(width, height, pixels);
    }

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    private delegate double Element(ReadOnlySpan<byte> bytes);

    private static (int Size, Element Read) Reader(string type, string name) => type switch
    {
        "<f8" => (8, b => BinaryPrimitives.ReadDoubleLittleEndian(b)),
        "<f4" => (4, b => BinaryPrimitives.ReadSingleLittleEndian(b)),
        "<f2" => (2, b => (double)BinaryPrimitives.ReadHalfLittleEndian(b)),
        "|u1" => (1, b => b[0]),
        _ => throw Unfit(name),
    };

    private static int Side(Group group, string name) =>
        int.TryParse(group.Value, CultureInfo.InvariantCulture, out var side) && side is > 0 and <= LargestSide ? side : throw Unfit(name);

    private static InputException CutShort(string name) => new($"Image '{name}' is cut short; copy it again.");

    private static InputException Unfit(string name) => new(
        $"'{name}' is not a picture: a row-major array of bytes or floats, [height, width] or [height, width, channels], is needed.");
}
