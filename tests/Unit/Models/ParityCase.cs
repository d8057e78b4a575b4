using System.Text.Json;
using AspireFed.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace AspireFed.Tests.Unit.Models;

/// <summary>Numbers that the reference itself gave. Tests that need them are skipped where they are not at hand.</summary>
internal sealed class ParityCase
{
    private readonly string _folder;

    private ParityCase(string folder)
    {
        _folder = folder;
        Description = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "case.json"))).RootElement;
    }

    public JsonElement Description { get; }

    public JsonElement Config => Description.GetProperty("config");

    public static ParityCase Open(string name) => new(PathOf(name));

    /// <summary>A file or folder of the parity data.</summary>
    public static string PathOf(string name)
    {
        var root = Environment.GetEnvironmentVariable("ASPIREFED_PARITY")
            ?? Path.Combine(RepositoryRoot() ?? ".", "..", "shared", "parity");
        var path = Path.Combine(root, name);
        if (!Path.Exists(path)) Assert.Skip($"The parity data are not at {root}: set ASPIREFED_PARITY to their folder.");
        return path;
    }

    public string FilePath(string name) => Path.Combine(_folder, name);

    /// <summary>All tensors of a file, by name.</summary>
    public Dictionary<string, Tensor> Tensors(string fileName)
    {
        using var file = SafetensorsFile.Open(FilePath(fileName));
        Dictionary<string, Tensor> tensors = [];
        foreach (var entry in file.Header.Tensors)
        {
            var tensor = empty([.. entry.Shape], entry.Type switch
            {
                TensorType.F32 => ScalarType.Float32,
                TensorType.F64 => ScalarType.Float64,
                TensorType.I64 => ScalarType.Int64,
                TensorType.BOOL => ScalarType.Bool,
                _ => throw new NotSupportedException(entry.Type.ToString()),
            });
            file.Read(entry, 0, tensor.bytes);
            tensors.Add(entry.Name, tensor);
        }
        return tensors;
    }

    /// <summary>Holds a tensor against the recorded one, to the case's tolerance for this kind of value.</summary>
    public void AssertClose(Tensor expected, Tensor actual, string what, string tolerance = "default")
    {
        var limits = Description.GetProperty("tolerances").GetProperty(tolerance);
        AssertClose(expected, actual, what, limits.GetProperty("rtol").GetDouble(), limits.GetProperty("atol").GetDouble());
    }

    /// <summary>Holds every gradient of a model against the recorded ones; all of them are recorded.</summary>
    public void AssertGradients(nn.Module model, Dictionary<string, Tensor> recorded, string prefix)
    {
        var names = model.named_parameters().Where(named => named.parameter.requires_grad).Select(named => named.name).ToList();
        var expected = recorded.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Select(name => name[prefix.Length..]);
        Assert.Equal(expected.Order(StringComparer.Ordinal), names.Order(StringComparer.Ordinal));
        foreach (var (name, parameter) in model.named_parameters())
        {
            if (!parameter.requires_grad) continue;
            AssertClose(recorded[prefix + name], parameter.grad ?? zeros_like(parameter), $"gradient of {name}", "grad");
        }
    }

    private static void AssertClose(Tensor expected, Tensor actual, string what, double relative, double absolute)
    {
        Assert.Equal(expected.shape, actual.shape);
        using var scope = NewDisposeScope();
        var (wanted, got) = (expected.to(ScalarType.Float64), actual.detach().to(ScalarType.Float64));
        var excess = ((got - wanted).abs() - (relative * wanted.abs())).max().item<double>();
        Assert.True(excess <= absolute, $"{what} is off by {excess:g3} where {absolute:g3} is allowed.");
    }

    private static string? RepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "AspireFed.sln"))) return folder.FullName;
        return null;
    }
}
