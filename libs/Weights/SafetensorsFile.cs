using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace AspireFed.Weights;

/// <summary>
/// A safetensors file that is open for reading. Its header has been checked; tensors are read on demand, by many threads if need be.
/// </summary>
public sealed class SafetensorsFile : IDisposable
{
    private readonly SafeFileHandle _handle;
    private readonly long _dataStart;

    private SafetensorsFile(string path, SafeFileHandle handle, SafetensorsHeader header, long dataStart)
    {
        Path = path;
        Header = header;
        _handle = handle;
        _dataStart = dataStart;
    }

    public string Path { get; }

    public SafetensorsHeader Header { get; }

    /// <exception cref="WeightsException">The file is no safetensors file, or is damaged.</exception>
    /// <exception cref="IOException">The file cannot be opened or read.</exception>
    public static SafetensorsFile Open(string path)
    {
        var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        try
        {
            var length = RandomAccess.GetLength(handle);
            Span<byte> prefix = stackalloc byte[sizeof(ulong)];
            if (length < prefix.Length) throw new WeightsException($"The weights file {path} is damaged: it has only {length} bytes.");
            ReadExactly(path, handle, 0, prefix);
            var headerLength = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
            if (headerLength > (ulong)SafetensorsFormat.HeaderLimit(length) || (long)headerLength > length - prefix.Length)
            {
                throw new WeightsException(
                    $"The weights file {path} is damaged or no safetensors file: "
                    + $"it claims a header of {headerLength} bytes and has {length} in all.");
            }
            var json = new byte[headerLength];
            ReadExactly(path, handle, prefix.Length, json);
            var dataStart = prefix.Length + (long)headerLength;
            var header = new SafetensorsHeaderReader(path, length - dataStart).Read(json);
            return new SafetensorsFile(path, handle, header, dataStart);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Reads bytes of a tensor from <paramref name="offset"/>, counted from the tensor's start, until the span is full.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The tensor has no such bytes.</exception>
    public void Read(TensorEntry tensor, long offset, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, tensor.Length - destination.Length);
        ReadExactly(Path, _handle, _dataStart + tensor.Offset + offset, destination);
    }

    /// <summary>Reads a whole tensor, as little-endian elements in row-major order.</summary>
    /// <exception cref="WeightsException">
    /// The file has no such tensor, or its elements are not as wide as <typeparamref name="T"/>.
    /// </exception>
    public T[] Read<T>(string name)
        where T : unmanaged
    {
        var tensor = Header.Find(name) ?? throw new WeightsException($"The weights file {Path} has no tensor {name}.");
        var elements = new T[tensor.Count];
        var bytes = MemoryMarshal.AsBytes(elements.AsSpan());
        if (bytes.Length != tensor.Length)
            throw new WeightsException($"The tensor {name} of the weights file {Path} is {tensor.Describe()} and not of {typeof(T).Name}.");
        Read(tensor, 0, bytes);
        return elements;
    }

    public void Dispose() => _handle.Dispose();

    private static void ReadExactly(string path, SafeFileHandle handle, long position, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            var read = RandomAccess.Read(handle, destination, position);
            if (read == 0) throw new WeightsException($"The weights file {path} was cut short at byte {position} while it was read.");
            position += read;
            destination = destination[read..];
        }
    }
}
