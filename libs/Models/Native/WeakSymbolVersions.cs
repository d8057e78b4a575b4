using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace AspireFed.Models.Native;

/// <summary>
/// TorchSharp's library is built with a C++ runtime newer than that of Debian 12 or Ubuntu 22.04: the loader refuses it for a version
/// of symbols of which it only needs a marker that is never called. A need that is marked weak is not refused.
/// </summary>
internal static class WeakSymbolVersions
{
    private const uint VersionNeeds = 0x6ffffffe; // SHT_GNU_verneed
    private const byte Weak = 2; // VER_FLG_WEAK

    /// <summary>Loads a copy whose needs for versions of libstdc++ are weak; the file itself stays as it is.</summary>
    public static nint Load(string path)
    {
        var image = File.ReadAllBytes(path);
        MarkWeak(image, "GLIBCXX_");
        var folder = Directory.CreateTempSubdirectory("aspirefed-native-");
        try
        {
            var copy = Path.Combine(folder.FullName, Path.GetFileName(path));
            File.WriteAllBytes(copy, image);
            return NativeLibrary.Load(copy);
        }
        finally
        {
            folder.Delete(recursive: true); // what is mapped stays mapped
        }
    }

    /// <summary>Marks every need for a version with this prefix weak, in a 64-bit little-endian ELF image; returns how many.</summary>
    internal static int MarkWeak(Span<byte> image, string prefix)
    {
        if (image.Length < 64 || !image[..6].SequenceEqual((ReadOnlySpan<byte>)[0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1]))
            throw new BadImageFormatException("This is not a 64-bit little-endian ELF library.");
        var marked = 0;
        var (table, size, count) = (Offset(image, 0x28), (int)Short(image, 0x3a), (int)Short(image, 0x3c));
        for (var i = 0; i < count; i++)
        {
            var section = image[(table + (i * size))..];
            if (Word(section, 4) != VersionNeeds) continue;
            var strings = Offset(image[(table + ((int)Word(section, 0x28) * size))..], 0x18);
            marked += MarkNeeds(image, Offset(section, 0x18), strings, prefix);
        }
        return marked;
    }

    // Elf64_Verneed: version, entries, file, first entry, next. Elf64_Vernaux: hash, flags, other, name, next. Links count from the record.
    private static int MarkNeeds(Span<byte> image, int need, int strings, string prefix)
    {
        var marked = 0;
        while (true)
        {
            var entry = need + (int)Word(image, need + 8);
            for (int i = 0, entries = Short(image, need + 2); i < entries; i++)
            {
                var name = strings + (int)Word(image, entry + 8);
                if (StartsWith(image[name..], prefix))
                {
                    image[entry + 4] |= Weak;
                    marked++;
                }
                entry += (int)Word(image, entry + 12);
            }
            var next = (int)Word(image, need + 12);
            if (next == 0) return marked;
            need += next;
        }
    }

    private static bool StartsWith(ReadOnlySpan<byte> text, string prefix)
    {
        for (var i = 0; i < prefix.Length; i++)
            if (text[i] != prefix[i]) return false;
        return true;
    }

    private static ushort Short(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint Word(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static int Offset(ReadOnlySpan<byte> bytes, int at) => checked((int)BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]));
}
