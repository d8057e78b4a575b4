using System.Buffers.Binary;
using AspireFed.Weights.Numpy;
using AspireFed.Weights.Torch;
using AspireFed.Weights.Zip;

namespace AspireFed.Weights;

/// <summary>Opens a file of weights by what is in it; its name says nothing.</summary>
public static class CheckpointFile
{
    private const int PrefixLength = 9;
    private const byte FirstOfPickle = 0x80;
    private const byte OldestProtocol = 2, NewestProtocol = 5;

    /// <exception cref="WeightsException">The file is of no known format, is damaged, or holds what cannot be read here.</exception>
    /// <exception cref="IOException">The file cannot be opened or read.</exception>
    public static Checkpoint Open(string path)
    {
        var file = new FileBytes(path);
        try
        {
            var prefix = new byte[Math.Min(file.Length, PrefixLength)];
            file.Read(0, prefix);
            if (IsSafetensors(prefix))
            {
                file.Dispose();
                return new SafetensorsCheckpoint(SafetensorsFile.Open(path));
            }
            return prefix switch
            {
                [(byte)'P', (byte)'K', _, _, ..] => OpenZip(file),
                [FirstOfPickle, >= OldestProtocol and <= NewestProtocol, ..] => TorchCheckpoint.OpenPickle(file),
                [] => throw file.Refused("it is empty"),
                _ => throw file.Refused("it is neither a safetensors file nor one of PyTorch (a zip archive or a pickle of protocol 2 to 4) or NumPy (.npz)"),
            };
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static Checkpoint OpenZip(FileBytes file)
    {
        var budget = new MemoryBudget(file);
        var records = new ZipDirectory(file, budget).Read();
        return records.Keys.Any(name => name.EndsWith(NpzCheckpoint.Extension, StringComparison.Ordinal))
            ? NpzCheckpoint.Open(file, budget, records)
            : TorchCheckpoint.OpenZip(file, budget, records);
    }

    /// <summary>The length of a header that is not too long, and then the header's first character.</summary>
    private static bool IsSafetensors(ReadOnlySpan<byte> prefix) =>
        prefix.Length == PrefixLength && prefix[^1] == '{'
        && BinaryPrimitives.ReadUInt64LittleEndian(prefix) <= SafetensorsFormat.MaxHeaderLength;
}
