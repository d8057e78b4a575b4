using System.Runtime.InteropServices;
using System.Text.Json;
using AspireFed.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace AspireFed.Tests.Unit.Training;

/// <summary>A folder of numbers recorded from the reference; a test that needs it is skipped where there is none.</summary>
internal sealed class RecordedCase : IDisposable
{
    private readonly string _folder;
    private readonly SafetensorsFile _file;

    private RecordedCase(string folder)
    {
        _folder = folder;
        _file = SafetensorsFile.Open(PathOf("io.safetensors"));
        Config = Json("case.json").GetProperty("config");
    }

    public JsonElement Config { get; }

    public static RecordedCase Open(string name)
    {
        var folder = Environment.GetEnvironmentVariable("ASPIREFED_PARITY") ?? Path.Combine(RepositoryRoot(), "..", "shared", "parity");
        Assert.SkipUnless(Directory.Exists(Path.Combine(folder, name)), $"No parity data in {folder}; set ASPIREFED_PARITY.");
        return new RecordedCase(Path.Combine(folder, name));
    }

    public string PathOf(string file) => Path.Combine(_folder, file);

    public JsonElement Json(string file) => JsonDocument.Parse(File.ReadAllText(PathOf(file))).RootElement;

    public T[] Values<T>(string name) where T : unmanaged => _file.Read<T>(name);

    public Tensor Tensor(string name)
    {
        var entry = _file.Header.Find(name) ?? throw new InvalidOperationException($"There is no {name}.");
        var tensor = empty([.. entry.Shape], entry.Type switch
        {
            TensorType.F32 => ScalarType.Float32,
            TensorType.F64 => ScalarType.Float64,
            TensorType.I64 => ScalarType.Int64,
            TensorType.BOOL => ScalarType.Bool,
            _ => throw new NotSupportedException($"{entry.Type}"),
        });
        _file.Read(entry, 0, tensor.bytes);
        return tensor;
    }

    public bool Has(string name) => _file.Header.Find(name) is not null;

    public IEnumerable<string> NamesUnder(string prefix) =>
        _file.Header.Tensors.Select(tensor => tensor.Name)
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Select(name => name[prefix.Length..]);

    public static void Close(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double relative, double absolute, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.True(
                Math.Abs(expected[i] - actual[i]) <= absolute + (relative * Math.Abs(expected[i])),
                $"{what}[{i}]: expected {expected[i]}, got {actual[i]}.");
        }
    }

    public static void Close(Tensor expected, Tensor actual, double relative, double absolute, string what) =>
        Close(Floats(expected), Floats(actual), relative, absolute, what);

    public void Dispose() => _file.Dispose();

    public static ReadOnlySpan<float> Floats(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.detach().contiguous().bytes);

    private static string RepositoryRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "AspireFed.sln"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("The tests do not run below the repository.");
    }
}
