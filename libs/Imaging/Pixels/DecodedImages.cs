using System.Collections.Concurrent;

namespace AspireFed.Imaging.Pixels;

/// <summary>
/// Decoded pictures, kept in memory up to a number of bytes and shared by all clients of a process; what no longer fits is decoded each
/// time. A file that has changed since is decoded again. Safe for several threads; the pictures must not be changed.
/// </summary>
public sealed class DecodedImages(long capacity = DecodedImages.DefaultCapacity)
{
    /// <summary>2 GiB: 14,000 pictures of 224x224.</summary>
    public const long DefaultCapacity = 2L << 30;

    private readonly ConcurrentDictionary<(string Path, int Side), Entry> _entries = [];
    private long _bytes;

    /// <summary>Bytes of pixels that are kept.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>
    /// The picture of a file; with a <paramref name="side"/> above 0 squeezed to a square of that side (bicubic, antialiased), whatever
    /// its shape.
    /// </summary>
    /// <exception cref="Contracts.InputException">The file is missing, cut short, or not an image; says which file.</exception>
    public RgbImage Get(string path, int side = 0)
    {
        var file = new FileInfo(path);
        var (written, length) = file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
        var key = (path, side);
        if (_entries.TryGetValue(key, out var entry))
        {
            if (entry.Written == written && entry.Length == length)
                return entry.Image;
            if (_entries.TryRemove(KeyValuePair.Create(key, entry)))
                Interlocked.Add(ref _bytes, -entry.Image.Pixels.Length);
        }

        var image = Squeeze(ImageDecoder.Load(path), side);
        var size = image.Pixels.Length;
        if (Interlocked.Add(ref _bytes, size) > capacity || !_entries.TryAdd(key, new Entry(image, written, length)))
            Interlocked.Add(ref _bytes, -size);
        return image;
    }

    private static RgbImage Squeeze(RgbImage image, int side) =>
        side == 0 ? image : Resample.Resize(image, side, side, ResampleFilter.Bicubic);

    private sealed record Entry(RgbImage Image, DateTime Written, long Length);
}
