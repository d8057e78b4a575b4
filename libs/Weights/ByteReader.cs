using System.Buffers.Binary;
using System.Text;

namespace AspireFed.Weights;

/// <summary>Reads a stretch of a file from its start to its end through a small buffer, so that a large stretch takes no memory.</summary>
internal sealed class ByteReader(FileBytes file, long start, long end)
{
    private const int BufferLength = 1 << 14;

    private readonly byte[] _buffer = new byte[Math.Clamp(end - start, 0, BufferLength)];
    private int _next;
    private int _filled;

    /// <summary>Place in the file of the byte that comes next.</summary>
    public long Position { get; private set; } = start;

    public long Left => end - Position;

    public byte ReadByte()
    {
        if (_next == _filled) Fill();
        Position++;
        return _buffer[_next++];
    }

    public void Read(Span<byte> destination)
    {
        Demand(destination.Length);
        while (!destination.IsEmpty)
        {
            if (_next == _filled) Fill();
            var taken = Math.Min(destination.Length, _filled - _next);
            _buffer.AsSpan(_next, taken).CopyTo(destination);
            _next += taken;
            Position += taken;
            destination = destination[taken..];
        }
    }

    public ushort ReadUInt16()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ushort)];
        Read(bytes);
        return BinaryPrimitives.ReadUInt16LittleEndian(bytes);
    }

    public uint ReadUInt32()
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        Read(bytes);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    public ulong ReadUInt64()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        Read(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    /// <summary>Text of this many bytes; the caller keeps the number small.</summary>
    public string ReadText(int length)
    {
        Demand(length);
        var bytes = new byte[length];
        Read(bytes);
        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>Text up to the end of its line.</summary>
    public string ReadLine(int maxLength)
    {
        List<byte> bytes = [];
        for (var next = ReadByte(); next != '\n'; next = ReadByte())
        {
            if (bytes.Count == maxLength) throw file.Damaged($"a line of more than {maxLength} bytes ends at byte {Position}");
            bytes.Add(next);
        }
        return Encoding.UTF8.GetString([.. bytes]);
    }

    public void Skip(ulong length)
    {
        Demand(length);
        var buffered = (ulong)(_filled - _next);
        if (length <= buffered) _next += (int)length;
        else _next = _filled = 0;
        Position += (long)length;
    }

    private void Demand(int length) => Demand((ulong)length);

    private void Demand(ulong length)
    {
        if (length > (ulong)Left) throw file.Damaged($"{length} bytes are due at byte {Position}, where only {Left} are left");
    }

    private void Fill()
    {
        Demand(1);
        _filled = (int)Math.Min(_buffer.Length, Left);
        _next = 0;
        file.Read(Position, _buffer.AsSpan(0, _filled));
    }
}
