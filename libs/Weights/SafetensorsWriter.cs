using Microsoft.Win32.SafeHandles;

namespace AspireFed.Weights;

/// <summary>
/// Writes a safetensors file: the header at once, the tensors in any order and by many threads if need be. The file gets its name when
/// it is complete; one that is not is removed.
/// </summary>
public sealed class SafetensorsWriter : IDisposable
{
    private readonly string _path;
    private readonly string _part;
    private readonly SafeFileHandle _handle;
    private readonly long _dataStart;
    private long _written;
    private bool _completed;

    private SafetensorsWriter(string path, SafetensorsHeader header)
    {
        var head = header.Encode();
        _path = path;
        _part = $"{path}.{Guid.NewGuid():N}.part";
        _dataStart = head.Length;
        Header = header;
        // The space is claimed at once: a full disk shows here and not in the middle, and the file does not fragment.
        _handle = File.OpenHandle(
            _part, FileMode.CreateNew, FileAccess.Write, FileShare.None, preallocationSize: head.Length + header.DataLength);
        RandomAccess.Write(_handle, head, 0);
    }

    public SafetensorsHeader Header { get; }

    /// <exception cref="IOException">The file cannot be made or the disk is full.</exception>
    public static SafetensorsWriter Create(string path, SafetensorsHeader header) => new(path, header);

    /// <summary>
    /// Writes bytes of a tensor from <paramref name="offset"/>, counted from the tensor's start. Every byte is to be written once.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The tensor has no such bytes.</exception>
    public void Write(TensorEntry tensor, long offset, ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, tensor.Length - bytes.Length);
        RandomAccess.Write(_handle, bytes, _dataStart + tensor.Offset + offset);
        Interlocked.Add(ref _written, bytes.Length);
    }

    /// <summary>Writes a whole tensor, as little-endian elements in row-major order.</summary>
    /// <exception cref="ArgumentException">These are not all bytes of a tensor of the header.</exception>
    public void Write(string name, ReadOnlySpan<byte> bytes)
    {
        var tensor = Header.Find(name) ?? throw new ArgumentException($"The header has no tensor {name}.", nameof(name));
        if (bytes.Length != tensor.Length)
            throw new ArgumentException($"The tensor {name} has {tensor.Length} bytes and not {bytes.Length}.", nameof(bytes));
        Write(tensor, 0, bytes);
    }

    /// <summary>Closes the file and gives it its name.</summary>
    /// <exception cref="InvalidOperationException">Bytes have been left out or written twice.</exception>
    public void Complete()
    {
        if (Interlocked.Read(ref _written) != Header.DataLength)
            throw new InvalidOperationException($"{_written} of {Header.DataLength} bytes have been written to {_path}.");
        _handle.Dispose();
        File.Move(_part, _path, overwrite: true);
        _completed = true;
    }

    public void Dispose()
    {
        _handle.Dispose();
        if (!_completed) File.Delete(_part);
    }
}
