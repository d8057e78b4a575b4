using System.Buffers;
using System.Security.Cryptography;

namespace AspireFed.Ledger;

/// <summary>SHA-256 as the ledger writes it, and the size of what was hashed.</summary>
public sealed record ContentHash(string Sha256, long Size)
{
    internal const int BlockSize = 1 << 20;

    public static ContentHash Of(ReadOnlySpan<byte> content) => new(Convert.ToHexStringLower(SHA256.HashData(content)), content.Length);

    /// <summary>Hashes a file in blocks.</summary>
    public static async Task<ContentHash> OfFileAsync(string path, CancellationToken cancel)
    {
        await using var file = OpenToRead(path);
        return await CopyAsync(file, Stream.Null, long.MaxValue, cancel);
    }

    internal static FileStream OpenToRead(string path) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);

    /// <summary>
    /// Copies at most <paramref name="limit"/> bytes and then one block more, so that a source that is too long shows by its size without
    /// being copied whole.
    /// </summary>
    internal static async Task<ContentHash> CopyAsync(Stream source, Stream target, long limit, CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var block = ArrayPool<byte>.Shared.Rent(BlockSize);
        try
        {
            long size = 0;
            while (size <= limit && await source.ReadAsync(block, cancel) is > 0 and var read)
            {
                hash.AppendData(block, 0, read);
                await target.WriteAsync(block.AsMemory(0, read), cancel);
                size += read;
            }
            return new ContentHash(Convert.ToHexStringLower(hash.GetHashAndReset()), size);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }
}
