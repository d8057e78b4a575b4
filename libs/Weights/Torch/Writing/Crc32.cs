using System.Buffers.Binary;

namespace AspireFed.Weights.Torch.Writing;

/// <summary>The checksum of zip archives (polynomial 0xEDB88320), eight bytes at a time through eight tables.</summary>
internal static class Crc32
{
    private const uint Polynomial = 0xEDB88320;
    private const int Tables = 8;

    private static readonly uint[][] Table = MakeTables();

    /// <summary>The checksum of what came before (0 at the start) and these bytes.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        crc = ~crc;
        for (; bytes.Length >= Tables; bytes = bytes[Tables..])
        {
            var low = BinaryPrimitives.ReadUInt32LittleEndian(bytes) ^ crc;
            var high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            crc = Table[7][low & 0xFF] ^ Table[6][(low >> 8) & 0xFF] ^ Table[5][(low >> 16) & 0xFF] ^ Table[4][low >> 24]
                ^ Table[3][high & 0xFF] ^ Table[2][(high >> 8) & 0xFF] ^ Table[1][(high >> 16) & 0xFF] ^ Table[0][high >> 24];
        }
        foreach (var next in bytes) crc = (crc >> 8) ^ Table[0][(crc ^ next) & 0xFF];
        return ~crc;
    }

    private static uint[][] MakeTables()
    {
        var tables = new uint[Tables][];
        for (var table = 0; table < Tables; table++)
        {
            tables[table] = new uint[256];
            for (uint i = 0; i < 256; i++) tables[table][i] = table == 0 ? OfByte(i) : Shift(tables, tables[table - 1][i]);
        }
        return tables;

        static uint Shift(uint[][] tables, uint crc) => (crc >> 8) ^ tables[0][crc & 0xFF];

        static uint OfByte(uint crc)
        {
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? (crc >> 1) ^ Polynomial : crc >> 1;
            return crc;
        }
    }
}
