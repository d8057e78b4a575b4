using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using AspireFed.Weights;
using CsCheck;

namespace AspireFed.Tests.Unit.Weights;

public sealed class SafetensorsTests : IDisposable
{
    private static readonly Dictionary<string, string> NoMetadata = [];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Any_tensors_come_back_as_they_were_written()
    {
        var tensor = Gen.Select(Gen.Enum<TensorType>(), Gen.Long[0, 5].Array[0, 4]);
        var tensors = tensor.List[0, 12];
        tensors.Sample(drawn =>
        {
            var random = new Random(drawn.Count);
            var header = SafetensorsHeader.Create(drawn.Select((t, i) => ($"tensor \"{i}\" é", t.Item1, (IReadOnlyList<long>)t.Item2)), NoMetadata);
            var contents = header.Tensors.ToDictionary(entry => entry.Name, entry => Bytes(random, entry.Length));
            var path = _folder.File($"{Guid.NewGuid():N}.safetensors");
            using (var writer = SafetensorsWriter.Create(path, header))
            {
                foreach (var entry in header.Tensors.Reverse()) writer.Write(entry.Name, contents[entry.Name]);
                writer.Complete();
            }

            using var file = SafetensorsFile.Open(path);
            Assert.Equal(drawn.Count, file.Header.Tensors.Count);
            foreach (var entry in header.Tensors)
            {
                var read = file.Header.Find(entry.Name);
                Assert.NotNull(read);
                Assert.True(entry.Fits(read));
                var bytes = new byte[read.Length];
                file.Read(read, 0, bytes);
                Assert.Equal(contents[entry.Name], bytes);
                Assert.Equal(0, read.Offset % read.Type.Size());
            }
        }, iter: 100);
    }

    [Fact]
    public void Equal_content_gives_equal_bytes_whatever_the_order_of_the_metadata()
    {
        (string, TensorType, IReadOnlyList<long>)[] tensors = [("b", TensorType.F32, [2]), ("a", TensorType.I64, [])];
        var one = SafetensorsHeader.Create(tensors, new Dictionary<string, string> { ["stage"] = "pretrain", ["format"] = "pt" }).Encode();
        var two = SafetensorsHeader.Create(tensors, new Dictionary<string, string> { ["format"] = "pt", ["stage"] = "pretrain" }).Encode();
        Assert.Equal(one, two);
        Assert.Equal(0, one.Length % 8);
        Assert.Equal(
            """{"__metadata__":{"format":"pt","stage":"pretrain"},"a":{"dtype":"I64","shape":[],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}""",
            Encoding.UTF8.GetString(one.AsSpan(8)).TrimEnd(' '));
    }

    [Fact]
    public void Elements_are_read_in_their_own_type()
    {
        var path = Write("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", [.. MemoryMarshal.AsBytes<float>([1.5f, -0.25f])]);
        using var file = SafetensorsFile.Open(path);
        Assert.Equal([1.5f, -0.25f], file.Read<float>("x"));
        Assert.Contains("x", Assert.Throws<WeightsException>(() => file.Read<double>("x")).Message, StringComparison.Ordinal);
        Assert.Contains("no tensor y", Assert.Throws<WeightsException>(() => file.Read<float>("y")).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Read(file.Header.Tensors[0], 4, new byte[5]));
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, "twice")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}""", 8, "no valid JSON")]
    [InlineData("""[1]""", 0, "does not begin with '{'")]
    [InlineData("""{"a":{"dtype":"F31","shape":[2],"data_offsets":[0,8]}}""", 8, "unknown type \"F31\"")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,12]}}""", 8, "claims bytes 0 to 12 of 8")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", 8, "claims bytes 8 to 0")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "not what F32 [3] takes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "holds -2")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,8]}}""", 8, "holds 1.5")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4294967296,4294967296,4294967296],"data_offsets":[0,8]}}""", 8, "takes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2]}}""", 8, "lacks")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"extra":1}}""", 8, "unknown property 'extra'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""", 12, "tensor b begins at byte 8")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "tensor b begins at byte 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 9, "cover 8 of 9 bytes")]
    [InlineData("""{"__metadata__":{"round":1}}""", 0, "metadata 'round' is no text")]
    public void A_header_that_lies_is_refused_with_one_sentence(string json, int data, string words)
    {
        var path = Write(json, new byte[data]);
        var fault = Assert.Throws<WeightsException>(() => SafetensorsFile.Open(path));
        Assert.Contains(path, fault.Message, StringComparison.Ordinal);
        Assert.Contains(words, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Message);
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused()
    {
        var path = Write("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", new byte[8]);
        var whole = File.ReadAllBytes(path);
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(path, whole[..length]);
            Assert.Throws<WeightsException>(() => SafetensorsFile.Open(path));
        }
    }

    [Fact]
    public void A_header_length_beyond_the_file_or_the_bound_is_refused_before_it_is_read()
    {
        foreach (var length in new[] { 9ul, 100_000_001ul, ulong.MaxValue })
        {
            var bytes = new byte[16];
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, length);
            var path = _folder.File("lies.safetensors");
            File.WriteAllBytes(path, bytes);
            Assert.Contains($"header of {length} bytes", Assert.Throws<WeightsException>(() => SafetensorsFile.Open(path)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_file_that_was_not_completed_leaves_nothing_behind()
    {
        var header = SafetensorsHeader.Create([("a", TensorType.F32, [4])], NoMetadata);
        using (var writer = SafetensorsWriter.Create(_folder.File("a.safetensors"), header))
        {
            writer.Write(header.Tensors[0], 0, new byte[8]);
            Assert.Throws<InvalidOperationException>(writer.Complete);
        }
        Assert.Empty(_folder.Files());
    }

    [Fact]
    public void A_header_with_two_tensors_of_one_name_cannot_be_made() =>
        Assert.Throws<ArgumentException>(() => SafetensorsHeader.Create([("a", TensorType.F32, [1]), ("a", TensorType.F32, [1])], NoMetadata));

    private string Write(string json, byte[] data)
    {
        var path = _folder.File("file.safetensors");
        var header = Encoding.UTF8.GetBytes(json);
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        File.WriteAllBytes(path, [.. length, .. header, .. data]);
        return path;
    }

    private static byte[] Bytes(Random random, long length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }
}
