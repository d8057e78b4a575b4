using System.IO.Compression;
using System.Text;
using AspireFed.Weights;

namespace AspireFed.Tests.Unit.Weights.Torch;

/// <summary>Files that someone made to do harm, or that are no checkpoints.</summary>
public sealed class HostileFileTests : IDisposable
{
    private const long MemoryFloor = 64L << 20;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_no_file_of_weights_is_said()
    {
        Refused([], "is empty");
        Refused(Encoding.UTF8.GetBytes("not weights at all"), "neither a safetensors file nor one of PyTorch");
        Refused(Zip(("weights/readme.txt", "x", false)), "none of PyTorch");
        Refused(new PickleBytes().Protocol(2).Raw("i").Stop(), "unknown pickle instruction 0x69");
        Refused(new PickleBytes().Protocol(2).Global("os", "system").Raw("(").Text("rm").Raw("tR").Stop()[..^4], "due at byte");
    }

    [Fact]
    public void A_function_in_a_pickle_is_not_run_but_noted()
    {
        var marker = _folder.File("was-run");
        var path = Write(new PickleBytes().Protocol(2).Raw("}").Text("a").Global("os", "system").Raw("(").Text($"touch {marker}").Raw("tRs").Stop());
        using var checkpoint = CheckpointFile.Open(path);
        Assert.Equal(["a: an object of os.system was left out"], checkpoint.Notes);
        Assert.Empty(checkpoint.Tensors);
        Assert.False(File.Exists(marker));
    }

    [Theory]
    [InlineData(0, new long[] { 61 }, new long[] { 1 }, "reaches beyond its storage")]
    [InlineData(59, new long[] { 2 }, new long[] { 1 }, "reaches beyond its storage")]
    [InlineData(-1, new long[] { 2 }, new long[] { 1 }, "negative")]
    [InlineData(3, new long[] { 2 }, new long[] { -1 }, "negative")]
    [InlineData(0, new[] { long.MaxValue, long.MaxValue, 2 }, new[] { long.MaxValue, long.MaxValue, long.MaxValue }, "reaches beyond its storage")]
    [InlineData(0, new[] { 1L << 40 }, new long[] { 0 }, "far more than")]
    [InlineData(0, new[] { 1L << 40, 1L << 40 }, new long[] { 0, 0 }, "larger than any memory")]
    [InlineData(0, new long[] { 2, 2 }, new long[] { 1 }, "do not fit each other")]
    public void A_view_that_is_none_of_its_storage_is_refused(long offset, long[] shape, long[] strides, string expected) =>
        Refused(
            SmallFiles.Legacy(new PickleBytes().Protocol(2).Raw("}").Text("w").Tensor("0", 60, offset, shape, strides).Raw("s").Stop(),
                [("0", 60, new byte[240])]), expected);

    [Fact]
    public void A_storage_that_is_missing_too_short_or_of_an_unknown_type_is_refused()
    {
        var pickle = new PickleBytes().Protocol(2).Raw("}").Text("w").Tensor("0", 60, 0, [60], [1]).Raw("s").Stop();
        Refused(SmallFiles.Legacy(pickle, []), "has no data in the file");
        Refused(SmallFiles.Legacy(pickle, [("0", 61, new byte[240])]), "claims 61 elements");
        Refused(SmallFiles.Legacy(pickle, [("0", 59, new byte[240])]), "larger than its data");
        Refused(SmallFiles.Legacy(pickle, [("0", 60, new byte[240]), ("0", 60, new byte[240])]), "names one twice");
        Refused(Zip(("a/data.pkl", Encoding.Latin1.GetString(pickle), false)), "lacks the record of its storage 0");
        var complex = new PickleBytes().Protocol(2).Raw("}").Text("w").Tensor("0", 1, 0, [1], [1], "ComplexDoubleStorage").Raw("s").Stop();
        Refused(SmallFiles.Legacy(complex, [("0", 1, new byte[16])]), "its tensor w is of the type ComplexDoubleStorage");
    }

    [Fact]
    public void A_short_pickle_that_means_an_endless_tree_is_refused()
    {
        // Each list holds the one before ten times: thirty of them would be 10^30 entries.
        var laughs = new PickleBytes().Protocol(2).Raw("]q\u0000");
        for (byte i = 0; i < 30; i++)
        {
            laughs.Raw("](");
            for (var j = 0; j < 10; j++) laughs.Raw((byte)'h', i);
            laughs.Raw((byte)'e', (byte)'q', (byte)(i + 1));
        }
        Refused(laughs.Stop(), "more objects than");
        Refused(new PickleBytes().Protocol(2).Raw("]q\u0000h\u0000a").Stop(), "nested more than 100 levels");
        Refused(new PickleBytes().Protocol(2).Raw(new string('(', 100_000)).Stop(), "nested more than");
    }

    [Theory]
    [InlineData("]")]
    [InlineData("K\u0001")]
    [InlineData("K\u0001r\u0001\u0002\u0003\u00040")]
    [InlineData("]0")]
    public void A_pickle_of_many_small_objects_is_refused_before_it_fills_the_memory(string repeated)
    {
        var bytes = new PickleBytes().Protocol(2).Raw(string.Concat(Enumerable.Repeat(repeated, 20_000_000 / repeated.Length))).Stop();
        var path = Write(bytes);
        GC.Collect();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<WeightsException>(() => CheckpointFile.Open(path));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (2L * bytes.Length) + MemoryFloor);
    }

    [Fact]
    public void Lengths_beyond_the_file_are_refused_without_allocating_them()
    {
        foreach (var length in (string[])["X\u00ff\u00ff\u00ff\u00ff", "B\u00ff\u00ff\u00ff\u007f", "\u008b\u00ff\u00ff\u00ff\u007f"])
            Refused(new PickleBytes().Protocol(3).Raw(length).Stop(), "are due at byte");
        Refused(new PickleBytes().Protocol(4).Raw("\u008d\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff").Stop(), "are due at byte");
    }

    [Fact]
    public void An_archive_with_compressed_records_or_names_that_lead_out_of_it_is_refused()
    {
        Refused(Zip(("a/data.pkl", new string('0', 1_000_000), true)), "is compressed");
        foreach (var name in (string[])["../data.pkl", "a/../../data.pkl", "/data.pkl", "a\\data.pkl"])
            Refused(Zip((name, "x", false)), "leads out of the archive");
        Refused(Zip(("a/data.pkl", "x", false), ("a/data.pkl", "x", false)), "two records");
        Refused(Zip(("a/data.pkl", "x", false), ("b/data.pkl", "x", false)), "2 records data.pkl");
    }

    [Fact]
    public void Records_that_overlap_are_refused()
    {
        var bytes = Zip(("a/data.pkl", "x", false), ("a/data/0", "y", false));
        // The second line of the directory is made to point to the first record.
        var second = bytes.AsSpan().LastIndexOf("PK\u0001\u0002"u8);
        bytes.AsSpan(second + 42, 4).Clear();
        Refused(bytes, "overlaps another");
    }

    [Fact]
    public void A_file_of_a_big_endian_machine_is_refused()
    {
        var pickle = Encoding.Latin1.GetString(new PickleBytes().Protocol(2).Raw("}").Stop());
        Refused(Zip(("a/data.pkl", pickle, false), ("a/byteorder", "big", false)), "big-endian");
    }

    [Fact]
    public void A_safetensors_header_that_is_all_of_a_large_file_is_refused()
    {
        var bytes = new byte[6 << 20];
        Array.Fill(bytes, (byte)'[');
        BitConverter.TryWriteBytes(bytes, (long)bytes.Length - sizeof(long));
        bytes[sizeof(long)] = (byte)'{';
        Refused(bytes, "claims a header of");
    }

    private void Refused(byte[] bytes, string expected)
    {
        var path = Write(bytes);
        var error = Assert.Throws<WeightsException>(() => CheckpointFile.Open(path).Dispose());
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    private string Write(byte[] bytes)
    {
        var path = _folder.File("hostile.pth");
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private static byte[] Zip(params (string Name, string Content, bool Packed)[] records)
    {
        var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content, packed) in records)
            {
                using var entry = archive.CreateEntry(name, packed ? CompressionLevel.Optimal : CompressionLevel.NoCompression).Open();
                entry.Write(Encoding.Latin1.GetBytes(content));
            }
        }
        return bytes.ToArray();
    }
}
