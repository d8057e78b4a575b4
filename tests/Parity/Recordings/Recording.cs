using System.Runtime.InteropServices;
using System.Text.Json;
using AspireFed.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace AspireFed.Tests.Parity.Recordings;

/// <summary>
/// A folder of numbers that the reference itself gave. It knows which of its files and tensors a check has read, so that none is passed
/// over in silence, and gathers all differences before it fails.
/// </summary>
internal sealed class Recording : IDisposable
{
    public const string InputsAndOutputs = "io.safetensors";

    // The same tensors lie beside these in a safetensors file; the readers of PyTorch's files have tests of their own.
    private static readonly string[] PickledTwins = [".pth", ".pkl"];

    private readonly Dictionary<string, SafetensorsFile> _files = [];
    private readonly HashSet<string> _unread;

    public Recording(string folder)
    {
        Folder = folder;
        Case = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "case.json"))).RootElement;
        foreach (var path in Directory.EnumerateFiles(folder, "*.safetensors"))
            _files.Add(Path.GetFileName(path), SafetensorsFile.Open(path));
        _unread =
        [
            .. _files.SelectMany(file => file.Value.Header.Tensors.Select(tensor => Place(file.Key, tensor.Name))),
            .. Directory.EnumerateFiles(folder).Select(path => Path.GetFileName(path)!)
                .Where(file => !_files.ContainsKey(file) && file != "case.json" && !PickledTwins.Contains(Path.GetExtension(file))),
        ];
        Verdict = new Verdict(Case);
    }

    public string Folder { get; }

    /// <summary>case.json.</summary>
    public JsonElement Case { get; }

    /// <summary>Empty where the case has none.</summary>
    public JsonElement Config => Case.TryGetProperty("config", out var config) ? config : JsonDocument.Parse("{}").RootElement;

    public Verdict Verdict { get; }

    /// <summary>Names of inputs and outputs, in order.</summary>
    public IEnumerable<string> Names =>
        _files.TryGetValue(InputsAndOutputs, out var file) ? file.Header.Tensors.Select(tensor => tensor.Name) : [];

    /// <summary>What no check has read.</summary>
    public IReadOnlyCollection<string> Unread => _unread;

    public IEnumerable<string> NamesUnder(string prefix) =>
        Names.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Select(name => name[prefix.Length..]);

    public bool Has(string name) => Find(name) is not null;

    public bool HasFile(string file) => File.Exists(Path.Combine(Folder, file));

    public JsonElement Json(string file)
    {
        _unread.Remove(file);
        return JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, file))).RootElement;
    }

    /// <summary>The path of a file of weights that is read as a whole.</summary>
    public string Weights(string file)
    {
        foreach (var tensor in _files[file].Header.Tensors) _unread.Remove(Place(file, tensor.Name));
        return Path.Combine(Folder, file);
    }

    /// <summary>Name and shape of every tensor of a file.</summary>
    public IEnumerable<(string Name, IReadOnlyList<long> Shape)> Shapes(string file) =>
        _files[file].Header.Tensors.Select(tensor => (tensor.Name, tensor.Shape));

    public IReadOnlyList<long> Shape(string name) => (Find(name) ?? throw Missing(name)).Shape;

    public Tensor Tensor(string name, string file = InputsAndOutputs)
    {
        _unread.Remove(Place(file, name));
        return Peek(name, file);
    }

    /// <summary>A tensor that is looked at and still to be checked.</summary>
    public Tensor Peek(string name, string file = InputsAndOutputs)
    {
        var entry = _files[file].Header.Find(name) ?? throw Missing(name);
        var tensor = empty([.. entry.Shape], entry.Type switch
        {
            TensorType.F32 => ScalarType.Float32,
            TensorType.F64 => ScalarType.Float64,
            TensorType.I64 => ScalarType.Int64,
            TensorType.U8 => ScalarType.Byte,
            TensorType.BOOL => ScalarType.Bool,
            _ => throw new NotSupportedException($"{name} is of {entry.Type}."),
        });
        _files[file].Read(entry, 0, tensor.bytes);
        return tensor;
    }

    public T[] Values<T>(string name) where T : unmanaged
    {
        using var tensor = Tensor(name);
        return MemoryMarshal.Cast<byte, T>(tensor.bytes).ToArray();
    }

    /// <summary>Holds a tensor against the recorded one of this name. Whole numbers must be equal.</summary>
    /// <param name="tolerance">Name of a tolerance of the case, where it is not the one that the tensor's name asks for.</param>
    public void Hold(string name, Tensor actual, string? tolerance = null, string file = InputsAndOutputs)
    {
        using var expected = Tensor(name, file);
        var limit = expected.dtype is not (ScalarType.Float32 or ScalarType.Float64) ? Tolerance.Exact
            : tolerance is null ? Verdict.ToleranceOf(name) : Verdict.Stated(tolerance);
        Verdict.Hold(name, expected, actual, limit);
    }

    /// <summary>Names tensors that are not held to the recording, and says why.</summary>
    public void LeaveOut(Func<string, bool> names, string reason)
    {
        foreach (var name in Names.Where(names).ToList())
            if (_unread.Remove(Place(InputsAndOutputs, name))) Verdict.LeaveOut(name, reason);
    }

    public void Dispose()
    {
        foreach (var file in _files.Values) file.Dispose();
    }

    private TensorEntry? Find(string name) => _files.TryGetValue(InputsAndOutputs, out var file) ? file.Header.Find(name) : null;

    private InvalidDataException Missing(string name) => new($"The recording {Folder} has no tensor {name}.");

    private static string Place(string file, string tensor) => file == InputsAndOutputs ? tensor : $"{file}: {tensor}";
}
