using System.Buffers.Binary;

namespace AspireFed.Weights.Zip;

/// <summary>
/// Reads the list of records of a zip archive (PKWARE's APPNOTE, with its 64-bit fields). PyTorch and NumPy store records without
/// compression so that they can be read in place; compressed ones are refused, with which no archive can unpack to more than it is.
/// </summary>
internal sealed class ZipDirectory(FileBytes file, MemoryBudget budget)
{
    private const uint EndSignature = 0x06054b50, End64Signature = 0x06064b50, Locator64Signature = 0x07064b50;
    private const uint DirectorySignature = 0x02014b50, LocalSignature = 0x04034b50;
    private const int EndLength = 22, End64Length = 56, Locator64Length = 20, LocalLength = 30, DirectoryLength = 46;
    private const int MaxComment = ushort.MaxValue;
    private const uint In64 = uint.MaxValue;
    private const int Encrypted = 1;

    public Dictionary<string, ZipRecord> Read()
    {
        var (count, start, end) = FindDirectory();
        var input = new ByteReader(file, start, end);
        var records = new Dictionary<string, ZipRecord>(StringComparer.Ordinal);
        if (count > (end - start) / DirectoryLength) throw file.Damaged($"its directory of {end - start} bytes claims {count} records");
        for (long i = 0; i < count; i++)
        {
            var record = ReadRecord(input, start);
            if (!records.TryAdd(record.Name, record)) throw file.Damaged($"it has two records {Shown.Text(record.Name)}");
        }
        CheckOverlap(records.Values);
        return records;
    }

    private (long Count, long Start, long End) FindDirectory()
    {
        var tail = new byte[Math.Min(file.Length, EndLength + MaxComment)];
        var tailStart = file.Length - tail.Length;
        file.Read(tailStart, tail);
        for (var at = tail.Length - EndLength; at >= 0; at--)
        {
            var end = tail.AsSpan(at);
            if (BinaryPrimitives.ReadUInt32LittleEndian(end) != EndSignature) continue;
            if (BinaryPrimitives.ReadUInt16LittleEndian(end[20..]) != end.Length - EndLength) continue;
            long count = BinaryPrimitives.ReadUInt16LittleEndian(end[10..]);
            long length = BinaryPrimitives.ReadUInt32LittleEndian(end[12..]), start = BinaryPrimitives.ReadUInt32LittleEndian(end[16..]);
            if (count == ushort.MaxValue || length == In64 || start == In64) (count, length, start) = FindDirectory64(tailStart + at);
            if (start < 0 || length < 0 || start > tailStart + at - length) throw file.Damaged("its directory lies outside of the file");
            return (count, start, start + length);
        }
        throw file.Damaged("it is a zip archive without its end, so it has probably been cut short");
    }

    private (long Count, long Length, long Start) FindDirectory64(long end)
    {
        Span<byte> locator = stackalloc byte[Locator64Length];
        file.Read(end - locator.Length, locator);
        if (BinaryPrimitives.ReadUInt32LittleEndian(locator) != Locator64Signature) throw file.Damaged("its 64-bit directory is missing");
        Span<byte> end64 = stackalloc byte[End64Length];
        file.Read(BinaryPrimitives.ReadInt64LittleEndian(locator[8..]), end64);
        if (BinaryPrimitives.ReadUInt32LittleEndian(end64) != End64Signature) throw file.Damaged("its 64-bit directory is missing");
        return (BinaryPrimitives.ReadInt64LittleEndian(end64[32..]), BinaryPrimitives.ReadInt64LittleEndian(end64[40..]),
            BinaryPrimitives.ReadInt64LittleEndian(end64[48..]));
    }

    private ZipRecord ReadRecord(ByteReader input, long dataEnd)
    {
        Span<byte> head = stackalloc byte[DirectoryLength];
        input.Read(head);
        if (BinaryPrimitives.ReadUInt32LittleEndian(head) != DirectorySignature)
            throw file.Damaged($"its directory is broken before byte {input.Position}");
        int nameLength = BinaryPrimitives.ReadUInt16LittleEndian(head[28..]), extraLength = BinaryPrimitives.ReadUInt16LittleEndian(head[30..]);
        budget.Charge(MemoryBudget.Object + MemoryBudget.Entry + MemoryBudget.Text(nameLength));
        var name = CheckName(input.ReadText(nameLength));
        var extra = new byte[extraLength];
        input.Read(extra);
        input.Skip(BinaryPrimitives.ReadUInt16LittleEndian(head[32..]));

        if ((BinaryPrimitives.ReadUInt16LittleEndian(head[8..]) & Encrypted) != 0) throw file.Refused($"its record {name} is encrypted");
        if (BinaryPrimitives.ReadUInt16LittleEndian(head[10..]) != 0)
            throw file.Refused($"its record {name} is compressed; load it and save it anew with torch.save or numpy.savez, which do not compress");
        long packed = BinaryPrimitives.ReadUInt32LittleEndian(head[20..]), length = BinaryPrimitives.ReadUInt32LittleEndian(head[24..]);
        long local = BinaryPrimitives.ReadUInt32LittleEndian(head[42..]);
        Replace64(extra, ref length, ref packed, ref local);
        if (packed != length) throw file.Damaged($"its record {name} has two lengths, {packed} and {length}");
        return new ZipRecord(name, local, DataStart(name, local, length, dataEnd), length);
    }

    /// <summary>The extra field 1 holds those of three numbers, in this order, that did not fit into 32 bits.</summary>
    private void Replace64(ReadOnlySpan<byte> extra, ref long length, ref long packed, ref long local)
    {
        while (extra.Length >= 4)
        {
            int id = BinaryPrimitives.ReadUInt16LittleEndian(extra), size = BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]);
            if (size > extra.Length - 4) break;
            var field = extra.Slice(4, size);
            extra = extra[(4 + size)..];
            if (id != 1) continue;
            length = Take(ref field, length);
            packed = Take(ref field, packed);
            local = Take(ref field, local);
        }

        long Take(ref ReadOnlySpan<byte> field, long number)
        {
            if (number != In64) return number;
            if (field.Length < sizeof(long)) throw file.Damaged("a 64-bit field of its directory is cut short");
            number = BinaryPrimitives.ReadInt64LittleEndian(field);
            field = field[sizeof(long)..];
            return number;
        }
    }

    private long DataStart(string name, long local, long length, long dataEnd)
    {
        Span<byte> head = stackalloc byte[LocalLength];
        file.Read(local, head);
        var start = local + LocalLength + BinaryPrimitives.ReadUInt16LittleEndian(head[26..]) + BinaryPrimitives.ReadUInt16LittleEndian(head[28..]);
        if (BinaryPrimitives.ReadUInt32LittleEndian(head) != LocalSignature || length < 0 || length > dataEnd - start)
            throw file.Damaged($"its record {name} is not where its directory says, or reaches beyond the data");
        return start;
    }

    /// <summary>Records are never written to disk, so such a name could do no harm; whoever made it meant some.</summary>
    private string CheckName(string name)
    {
        var shown = Shown.Text(name);
        if (name.Length == 0 || name[0] == '/' || name.Contains('\\') || name.Split('/').Contains(".."))
            throw file.Refused($"its record '{shown}' has a name that leads out of the archive");
        return name;
    }

    private void CheckOverlap(IEnumerable<ZipRecord> records)
    {
        long end = 0;
        foreach (var record in records.OrderBy(record => record.Head))
        {
            if (record.Head < end) throw file.Damaged($"its record {Shown.Text(record.Name)} overlaps another one");
            end = record.Position + record.Length;
        }
    }
}
