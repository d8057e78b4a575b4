using AspireFed.Tests.Unit.Weights.Torch;
using AspireFed.Weights;

namespace AspireFed.Tests.Unit.Weights;

public sealed class NpzTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Arrays_that_NumPy_has_saved_come_with_every_bit_and_those_that_cannot_are_refused()
    {
        var (good, compressed, columns) = (_folder.File("good.npz"), _folder.File("compressed.npz"), _folder.File("columns.npz"));
        PyTorch.Run("""
            import sys, torch, numpy
            kinds = ['f8', 'f4', 'f2', 'i8', 'i4', 'i2', 'i1', 'u8', 'u4', 'u2', 'u1', 'c8']
            arrays = {f'a/{k}': numpy.frombuffer(bytes(range(48)), dtype=k).reshape(2, -1) for k in kinds}
            arrays['a/scalar'] = numpy.float32(1.5)
            arrays['a/bool'] = numpy.array([True, False])
            numpy.savez(sys.argv[1], **arrays)
            numpy.savez_compressed(sys.argv[2], **arrays)
            numpy.savez(sys.argv[3], a=numpy.asfortranarray(numpy.ones((2, 3), numpy.float32)))
            """, good, compressed, columns);

        using var file = CheckpointFile.Open(good);

        Assert.Equal((CheckpointKind.Npz, 14), (file.Kind, file.Tensors.Count));
        var bytes = Enumerable.Range(0, 48).Select(i => (byte)i).ToArray();
        foreach (var tensor in file.Tensors.Where(tensor => tensor.Shape.Count == 2)) Assert.Equal(bytes, file.Read(tensor));
        Assert.Equal([2, 6], file.Find("a/f4")!.Shape);
        Assert.Equal(TensorType.C64, file.Find("a/c8")!.Type);
        Assert.Equal(BitConverter.GetBytes(1.5f), file.Read(file.Find("a/scalar")!));
        Assert.Equal(new byte[] { 1, 0 }, file.Read(file.Find("a/bool")!));
        Assert.Contains("is compressed", Assert.Throws<WeightsException>(() => CheckpointFile.Open(compressed)).Message, StringComparison.Ordinal);
        Assert.Contains("column by column", Assert.Throws<WeightsException>(() => CheckpointFile.Open(columns)).Message, StringComparison.Ordinal);
    }
}
