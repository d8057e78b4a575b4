using System.Buffers.Binary;
using AspireFed.Weights;

namespace AspireFed.Tests.Unit.Weights.Torch;

/// <summary>Archives of more than 4 GiB or 65,535 records say their numbers in 64 bits.</summary>
public sealed class LargeArchiveTests : IDisposable
{
    private const int EndLength = 22, EntryLength = 46;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_directory_of_64_bits_is_read_as_PyTorch_reads_it()
    {
        string path = _folder.File("small.pth"), large = _folder.File("large.pth");
        File.WriteAllBytes(large, In64Bits(SmallFiles.Zip(_folder)));

        using (var expected = CheckpointFile.Open(path))
        using (var actual = CheckpointFile.Open(large))
            SameTensors.Check(expected, actual, "");

        PyTorch.Run(
            """
            import sys, torch
            a, b = (torch.load(path, weights_only=True)['model'] for path in sys.argv[1:])
            assert len(a) == 4 and all(torch.equal(a[name], b[name]) for name in a)
            """,
            path, large);
    }

    [Fact]
    public void A_64_bit_number_beyond_the_file_is_refused()
    {
        var bytes = In64Bits(SmallFiles.Zip(_folder));
        // Number of records, length and start of the directory.
        foreach (var at in (int[])[32, 40, 48])
        {
            var changed = bytes.ToArray();
            var end64 = changed.AsSpan().LastIndexOf("PK\u0006\u0006"u8);
            BinaryPrimitives.WriteInt64LittleEndian(changed.AsSpan(end64 + at), long.MaxValue);
            File.WriteAllBytes(_folder.File("changed.pth"), changed);
            Assert.Throws<WeightsException>(() => CheckpointFile.Open(_folder.File("changed.pth")).Dispose());
        }
    }

    private static byte[] In64Bits(byte[] archive)
    {
        var end = archive.AsSpan(archive.Length - EndLength);
        var count = BinaryPrimitives.ReadUInt16LittleEndian(end[10..]);
        var start = (int)BinaryPrimitives.ReadUInt32LittleEndian(end[16..]);
        List<byte> bytes = [.. archive[..start]];
        for (int i = 0, at = start; i < count; i++)
        {
            var nameLength = BinaryPrimitives.ReadUInt16LittleEndian(archive.AsSpan(at + 28));
            bytes.AddRange(Entry(archive.AsSpan(at, EntryLength + nameLength)));
            at += EntryLength + nameLength;
        }
        var directoryEnd = bytes.Count;
        bytes.AddRange("PK\u0006\u0006"u8);
        // The length of what follows, two versions, two numbers of disks.
        bytes.AddRange([.. Numbers(44), 45, 0, 45, 0, .. new byte[8]]);
        bytes.AddRange(Numbers(count, count, directoryEnd - start, start));
        bytes.AddRange("PK\u0006\u0007"u8);
        bytes.AddRange(new byte[4]);
        bytes.AddRange(Numbers(directoryEnd));
        bytes.AddRange([1, 0, 0, 0]);
        bytes.AddRange("PK\u0005\u0006"u8);
        bytes.AddRange(new byte[4]);
        bytes.AddRange(Enumerable.Repeat((byte)0xff, 12));
        bytes.AddRange(new byte[2]);
        return [.. bytes];
    }

    private static byte[] Entry(ReadOnlySpan<byte> entry)
    {
        long length = BinaryPrimitives.ReadUInt32LittleEndian(entry[24..]), local = BinaryPrimitives.ReadUInt32LittleEndian(entry[42..]);
        var head = entry.ToArray();
        head.AsSpan(20, 8).Fill(0xff);
        head.AsSpan(42, 4).Fill(0xff);
        head[30] = 28;
        return [.. head, 1, 0, 24, 0, .. Numbers(length, length, local)];
    }

    private static byte[] Numbers(params long[] numbers) => [.. numbers.SelectMany(BitConverter.GetBytes)];
}
