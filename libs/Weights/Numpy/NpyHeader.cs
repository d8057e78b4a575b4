using System.Globalization;
using System.Text.RegularExpressions;

namespace AspireFed.Weights.Numpy;

/// <summary>The head of an array that NumPy has saved: element type, shape, and where in the file the elements begin.</summary>
internal sealed partial record NpyHeader(TensorType Type, IReadOnlyList<long> Shape, long DataStart)
{
    private const int LongestText = 1 << 16;

    [GeneratedRegex(@"'descr'\s*:\s*'([^']+)'")]
    private static partial Regex ElementType { get; }

    [GeneratedRegex(@"'fortran_order'\s*:\s*(True|False)")]
    private static partial Regex Order { get; }

    [GeneratedRegex(@"'shape'\s*:\s*\(([0-9, ]*)\)")]
    private static partial Regex Sides { get; }

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <param name="input">Stands at the array's first byte.</param>
    /// <param name="name">Of the array, for people.</param>
    public static NpyHeader Read(FileBytes file, ByteReader input, string name)
    {
        Span<byte> head = stackalloc byte[8];
        input.Read(head);
        if (!head.StartsWith(Magic)) throw file.Damaged($"its record {name} is no array of NumPy");
        var length = head[6] >= 2 ? input.ReadUInt32() : input.ReadUInt16();
        if (length > LongestText) throw file.Damaged($"the head of its array {name} claims {length} bytes");
        var text = input.ReadText((int)length);
        var (type, order, sides) = (ElementType.Match(text), Order.Match(text), Sides.Match(text));
        if (!type.Success || !order.Success || !sides.Success) throw file.Damaged($"the head of its array {name} is not one of NumPy");
        List<long> shape = [];
        foreach (var side in sides.Groups[1].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            shape.Add(long.TryParse(side, CultureInfo.InvariantCulture, out var number) ? number : throw file.Damaged($"a side of its array {name} is {side}"));
        if (order.Groups[1].Value == "True" && shape.Count > 1)
            throw file.Refused($"its array {name} is stored column by column; save numpy.ascontiguousarray of it");
        return new NpyHeader(TypeOf(file, type.Groups[1].Value, name), shape, input.Position);
    }

    private static TensorType TypeOf(FileBytes file, string type, string name) => type switch
    {
        "<f8" => TensorType.F64,
        "<f4" => TensorType.F32,
        "<f2" => TensorType.F16,
        "<i8" => TensorType.I64,
        "<i4" => TensorType.I32,
        "<i2" => TensorType.I16,
        "|i1" => TensorType.I8,
        "<u8" => TensorType.U64,
        "<u4" => TensorType.U32,
        "<u2" => TensorType.U16,
        "|u1" => TensorType.U8,
        "|b1" => TensorType.BOOL,
        "<c8" => TensorType.C64,
        _ => throw file.Refused($"the elements of its array {name} are {Shown.Text(type)}, which no weights are"),
    };
}
