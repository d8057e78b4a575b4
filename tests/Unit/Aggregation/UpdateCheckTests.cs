using AspireFed.Aggregation;
using AspireFed.Weights;

namespace AspireFed.Tests.Unit.Aggregation;

public sealed class UpdateCheckTests : IDisposable
{
    private readonly UpdateFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void An_update_with_the_start_s_tensors_and_finite_values_is_good()
    {
        var start = _files.Write(("w", TensorType.F32, [2], UpdateFiles.Bytes(0f, 1f)), ("index", TensorType.I64, [1], UpdateFiles.Bytes(-1L)));
        var update = _files.Write(("index", TensorType.I64, [1], UpdateFiles.Bytes(-1L)), ("w", TensorType.F32, [2], UpdateFiles.Bytes(float.MaxValue, -0f)));
        Assert.Null(Refusal(update, start));
        Assert.Null(Refusal(update, null));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void A_value_that_is_no_number_is_found_wherever_it_stands(float value)
    {
        const int length = 70_000; // more than one block and not a multiple of a vector
        var start = _files.Write(new float[length]);
        foreach (var at in new[] { 0, 1, 15, 65_535, 65_536, length - 2, length - 1 })
        {
            var values = new float[length];
            values[at] = value;
            Assert.Equal("The tensor w holds NaN or infinity.", Refusal(_files.Write(values), start));
            Assert.Equal("The tensor w holds NaN or infinity.", Refusal(_files.Write(values), null));
        }
    }

    [Fact]
    public void The_other_float_types_are_checked_too()
    {
        Assert.NotNull(Refusal(_files.Write(("d", TensorType.F64, [2], UpdateFiles.Bytes(1.0, double.NaN))), null));
        Assert.NotNull(Refusal(_files.Write(("h", TensorType.F16, [2], UpdateFiles.Bytes((Half)1, Half.PositiveInfinity))), null));
        Assert.NotNull(Refusal(_files.Write(("b", TensorType.BF16, [1], UpdateFiles.Bytes((ushort)0x7FC0))), null));
        Assert.Null(Refusal(_files.Write(("b", TensorType.BF16, [1], UpdateFiles.Bytes((ushort)0x7F7F))), null));
        Assert.Null(Refusal(_files.Write(("i", TensorType.I32, [1], UpdateFiles.Bytes(0x7F80_0000))), null));
    }

    [Fact]
    public void Wrong_names_types_and_shapes_are_refused()
    {
        var start = _files.Write(("w", TensorType.F32, [2, 3], new byte[24]), ("v", TensorType.F32, [1], new byte[4]));
        Assert.Equal("The tensor v is missing.", Refusal(_files.Write(("w", TensorType.F32, [2, 3], new byte[24])), start));
        Assert.Equal("The tensor w is F32 [3, 2] instead of F32 [2, 3].",
            Refusal(_files.Write(("w", TensorType.F32, [3, 2], new byte[24]), ("v", TensorType.F32, [1], new byte[4])), start));
        Assert.Equal("The tensor v is I32 [1] instead of F32 [1].",
            Refusal(_files.Write(("w", TensorType.F32, [2, 3], new byte[24]), ("v", TensorType.I32, [1], new byte[4])), start));
        Assert.Equal("The tensor u is not part of the model.", Refusal(_files.Write(
            ("w", TensorType.F32, [2, 3], new byte[24]), ("v", TensorType.F32, [1], new byte[4]), ("u", TensorType.U8, [0], [])), start));
    }

    [Fact]
    public void A_changed_index_is_refused()
    {
        var start = _files.Write(("index", TensorType.I64, [2], UpdateFiles.Bytes(1L, 2L)));
        var refusal = Refusal(_files.Write(("index", TensorType.I64, [2], UpdateFiles.Bytes(1L, 3L))), start);
        Assert.Equal("The tensor index is I64 [2], which training does not change, and differs from the round's start.", refusal);
    }

    private static string? Refusal(SafetensorsFile update, SafetensorsFile? start) =>
        UpdateCheck.Refusal(update, start, TestContext.Current.CancellationToken);
}
