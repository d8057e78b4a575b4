using Microsoft.Win32.SafeHandles;

namespace AspireFed.Weights;

/// <summary>The bytes of an open file, and how a fault in them is said.</summary>
internal sealed class FileBytes : IDisposable
{
    private readonly SafeFileHandle _handle;

    public FileBytes(string path)
    {
        Path = path;
        _handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        Length = RandomAccess.GetLength(_handle);
    }

    public string Path { get; }

    public long Length { get; }

    /// <summary>Reads from <paramref name="position"/> until the span is full.</summary>
    public void Read(long position, Span<byte> destination)
    {
        if (position < 0 || position > Length - destination.Length)
            throw Damaged($"it ends at byte {Length}, before the {destination.Length} bytes that are due at byte {position}");
        while (!destination.IsEmpty)
        {
            var read = RandomAccess.Read(_handle, destination, position);
            if (read == 0) throw Damaged($"it was cut short at byte {position} while it was read");
            position += read;
            destination = destination[read..];
        }
    }

    public WeightsException Damaged(string what) => new($"The weights file {Path} is damaged: {Shown.Sentence(what)}.");

    /// <summary>For a file that is whole and yet not one that can be read here.</summary>
    public WeightsException Refused(string what) => new($"The weights file {Path} cannot be used: {Shown.Sentence(what)}.");

    public void Dispose() => _handle.Dispose();
}
