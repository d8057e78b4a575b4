using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace AspireFed.Weights.Torch.Writing;

/// <summary>
/// Writes a zip archive of records that are stored as they are, each at a multiple of 64 bytes, as PyTorch does, so that it can use them in
/// place. A record's length is given first and its bytes follow in pieces; its checksum is put into its head afterwards.
/// </summary>
internal sealed class ZipWriter(FileStream stream)
{
    private const int Alignment = 64;
    private const int LocalLength = 30, DirectoryLength = 46, EndLength = 22, ExtraHead = 4;
    private const int ChecksumPlace = 14;
    private const ushort Version = 20, Utf8Names = 1 << 11;

    /// <summary>1 January 1980: the same content gives the same bytes whenever it is written.</summary>
    private const uint Date = 0x00210000;

    private readonly List<Record> _records = [];
    private readonly Crc32 _crc = new();
    private long _left;

    private sealed record Record(byte[] Name, long Start, uint Length)
    {
        public uint Crc { get; set; }
    }

    public void Begin(string name, long length)
    {
        End();
        var utf8 = Encoding.UTF8.GetBytes(name);
        var start = stream.Position;
        var unpadded = start + LocalLength + utf8.Length + ExtraHead;
        var padding = (int)((Alignment - (unpadded % Alignment)) % Alignment);
        var head = new byte[LocalLength + utf8.Length + ExtraHead + padding];
        BinaryPrimitives.WriteUInt32LittleEndian(head, 0x04034b50);
        var record = new Record(utf8, start, checked((uint)length));
        Common(head.AsSpan(4), record);
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(28), (ushort)(ExtraHead + padding));
        utf8.CopyTo(head, LocalLength);
        // The extra field "FB" is PyTorch's own name for padding.
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(LocalLength + utf8.Length), 0x4246);
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(LocalLength + utf8.Length + 2), (ushort)padding);
        stream.Write(head);
        _records.Add(record);
        _left = length;
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _left) throw new InvalidOperationException($"A record of the archive has {_left} bytes left and not {bytes.Length}.");
        _crc.Append(bytes);
        stream.Write(bytes);
        _left -= bytes.Length;
    }

    /// <summary>Writes the directory.</summary>
    public void Complete()
    {
        End();
        var start = stream.Position;
        foreach (var record in _records) WriteEntry(record);
        Span<byte> end = stackalloc byte[EndLength];
        end.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(end, 0x06054b50);
        BinaryPrimitives.WriteUInt16LittleEndian(end[8..], checked((ushort)_records.Count));
        BinaryPrimitives.WriteUInt16LittleEndian(end[10..], checked((ushort)_records.Count));
        BinaryPrimitives.WriteUInt32LittleEndian(end[12..], checked((uint)(stream.Position - start)));
        BinaryPrimitives.WriteUInt32LittleEndian(end[16..], checked((uint)start));
        stream.Write(end);
    }

    private void End()
    {
        if (_left > 0) throw new InvalidOperationException($"{_left} bytes of a record of the archive have been left out.");
        if (_records.Count == 0) return;
        _records[^1].Crc = _crc.GetCurrentHashAsUInt32();
        _crc.Reset();
        var position = stream.Position;
        Span<byte> crc = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(crc, _records[^1].Crc);
        stream.Position = _records[^1].Start + ChecksumPlace;
        stream.Write(crc);
        stream.Position = position;
    }

    private void WriteEntry(Record record)
    {
        Span<byte> head = stackalloc byte[DirectoryLength];
        head.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(head, 0x02014b50);
        BinaryPrimitives.WriteUInt16LittleEndian(head[4..], Version);
        Common(head[6..], record);
        BinaryPrimitives.WriteUInt32LittleEndian(head[42..], checked((uint)record.Start));
        stream.Write(head);
        stream.Write(record.Name);
    }

    /// <summary>The fields that a record's own head and its line in the directory share.</summary>
    private static void Common(Span<byte> fields, Record record)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(fields, Version);
        BinaryPrimitives.WriteUInt16LittleEndian(fields[2..], Utf8Names);
        BinaryPrimitives.WriteUInt32LittleEndian(fields[6..], Date);
        BinaryPrimitives.WriteUInt32LittleEndian(fields[10..], record.Crc);
        BinaryPrimitives.WriteUInt32LittleEndian(fields[14..], record.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(fields[18..], record.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(fields[22..], (ushort)record.Name.Length);
    }
}
