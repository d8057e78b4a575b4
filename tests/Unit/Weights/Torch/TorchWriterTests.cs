using AspireFed.Weights;

namespace AspireFed.Tests.Unit.Weights.Torch;

public sealed class TorchWriterTests : IDisposable
{
    private static readonly Dictionary<string, string> NoMetadata = [];
    private static readonly CheckpointTensor First = new("first", TensorType.U8, [2], 2), Second = new("second", TensorType.U8, [2], 2);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_type_comes_back_as_it_was_written()
    {
        CheckpointTensor[] tensors =
            [.. Enum.GetValues<TensorType>().Select(type => new CheckpointTensor($"of.{type}", type, [2, 3], 6 * type.Size()))];
        var random = new Random(5);
        var contents = tensors.ToDictionary(tensor => tensor.Name, tensor =>
        {
            var bytes = new byte[tensor.Length];
            random.NextBytes(bytes);
            return bytes;
        });
        using (var writer = TorchWriter.Create(_folder.File("all.pth"), tensors, key: null, NoMetadata))
        {
            foreach (var tensor in tensors)
            {
                writer.Write(tensor, contents[tensor.Name].AsSpan(0, 1));
                writer.Write(tensor, contents[tensor.Name].AsSpan(1));
            }
            writer.Complete();
        }

        using var read = CheckpointFile.Open(_folder.File("all.pth"));
        Assert.Equal(tensors.Select(tensor => tensor.Name), read.Tensors.Select(tensor => tensor.Name));
        foreach (var tensor in tensors)
        {
            var twin = read.Find(tensor.Name)!;
            Assert.Equal((tensor.Type, tensor.Length), (twin.Type, twin.Length));
            Assert.Equal(contents[tensor.Name], read.Read(twin));
        }
    }

    [Fact]
    public void The_same_tensors_give_the_same_bytes() => Assert.Equal(SmallFiles.Zip(_folder), SmallFiles.Zip(_folder));

    [Fact]
    public void A_file_that_is_not_complete_leaves_nothing_behind()
    {
        using (var writer = TorchWriter.Create(_folder.File("half.pth"), [First, Second], key: null, NoMetadata))
        {
            Assert.Throws<InvalidOperationException>(() => writer.Write(Second, [1, 2]));
            writer.Write(First, [1, 2]);
            Assert.Throws<InvalidOperationException>(() => writer.Write(Second, [1, 2, 3]));
            Assert.Throws<InvalidOperationException>(writer.Complete);
        }
        Assert.Empty(_folder.Files());
    }

    [Fact]
    public void More_than_4_GiB_are_refused_before_anything_is_written()
    {
        CheckpointTensor large = new("large", TensorType.F32, [1L << 30], 1L << 32);
        var error = Assert.Throws<WeightsException>(() => TorchWriter.Create(_folder.File("large.pth"), [large], key: null, NoMetadata));
        Assert.Contains("write .safetensors", error.Message, StringComparison.Ordinal);
        Assert.Empty(_folder.Files());
    }
}
