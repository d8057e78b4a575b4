using System.Globalization;
using AspireFed.Weights.Torch.Writing;

namespace AspireFed.Weights;

/// <summary>
/// Writes a state dict as a .pth that PyTorch (1.6 and later) loads, also with `weights_only=True`. Tensors are written one after another,
/// in the order in which they were named. The file gets its name when it is complete; one that is not is removed.
/// </summary>
public sealed class TorchWriter : IDisposable
{
    private const string Folder = "archive";

    /// <summary>The archive counts places in 32 bits and records in 16.</summary>
    private const long MaxLength = uint.MaxValue;

    private const int MaxTensors = ushort.MaxValue - 2;
    private const int HeadPerTensor = 512;

    private readonly string _path;
    private readonly string _part;
    private readonly IReadOnlyList<CheckpointTensor> _tensors;
    private readonly FileStream _stream;
    private readonly ZipWriter _zip;
    private int _begun;
    private long _left;
    private bool _completed;

    private TorchWriter(string path, IReadOnlyList<CheckpointTensor> tensors, byte[] pickle)
    {
        (_path, _part, _tensors) = (path, $"{path}.{Guid.NewGuid():N}.part", tensors);
        _stream = new FileStream(_part, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        _zip = new ZipWriter(_stream);
        Add("data.pkl", pickle);
    }

    /// <param name="key">Put the tensors under this key, and the metadata beside it; without it they are the whole file.</param>
    /// <exception cref="WeightsException">The file would be larger than 4 GiB or have more than 65,533 tensors.</exception>
    /// <exception cref="IOException">The file cannot be made.</exception>
    public static TorchWriter Create(
        string path, IReadOnlyList<CheckpointTensor> tensors, string? key, IReadOnlyDictionary<string, string> metadata)
    {
        var pickle = PickleWriter.Write(tensors, key, metadata);
        if (tensors.Count > MaxTensors || tensors.Sum(tensor => tensor.Length + HeadPerTensor) + pickle.Length > MaxLength)
        {
            throw new WeightsException(
                $"The tensors for {path} are more than a .pth file of AspireFed can hold (4 GiB, {MaxTensors} tensors); write .safetensors.");
        }
        return new TorchWriter(path, tensors, pickle);
    }

    /// <summary>Writes the next bytes of a tensor: little-endian elements in row-major order.</summary>
    /// <exception cref="InvalidOperationException">Another tensor is due, or the tensor has no such bytes.</exception>
    public void Write(CheckpointTensor tensor, ReadOnlySpan<byte> bytes)
    {
        if (_left == 0) BeginNext();
        if (!ReferenceEquals(_tensors[_begun - 1], tensor))
            throw new InvalidOperationException($"The tensor {_tensors[_begun - 1].Name} is due and not {tensor.Name}.");
        _zip.Write(bytes);
        _left -= bytes.Length;
        if (_left == 0) SkipEmpty();
    }

    /// <summary>Closes the file and gives it its name.</summary>
    /// <exception cref="InvalidOperationException">Bytes have been left out.</exception>
    public void Complete()
    {
        SkipEmpty();
        if (_left > 0 || _begun < _tensors.Count) throw new InvalidOperationException($"Tensors have been left out of {_path}.");
        Add("version", "3\n"u8);
        Add("byteorder", "little"u8);
        _zip.Complete();
        _stream.Dispose();
        File.Move(_part, _path, overwrite: true);
        _completed = true;
    }

    public void Dispose()
    {
        _stream.Dispose();
        if (!_completed) File.Delete(_part);
    }

    private void SkipEmpty()
    {
        while (_left == 0 && _begun < _tensors.Count && _tensors[_begun].Length == 0) BeginNext();
    }

    private void BeginNext()
    {
        if (_begun == _tensors.Count) throw new InvalidOperationException("All tensors have been written.");
        _zip.Begin($"{Folder}/data/{_begun.ToString(CultureInfo.InvariantCulture)}", _tensors[_begun].Length);
        _left = _tensors[_begun++].Length;
    }

    private void Add(string name, ReadOnlySpan<byte> bytes)
    {
        _zip.Begin($"{Folder}/{name}", bytes.Length);
        _zip.Write(bytes);
    }
}
