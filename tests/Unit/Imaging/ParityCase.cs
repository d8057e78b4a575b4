using System.Runtime.InteropServices;
using System.Text.Json;
using AspireFed.Imaging.Pixels;

namespace AspireFed.Tests.Unit.Imaging;

/// <summary>A folder of numbers recorded from the reference; a test that needs it is skipped where there is none.</summary>
internal sealed class ParityCase
{
    private readonly string _folder;
    private readonly JsonElement _header;
    private readonly byte[] _values;

    private ParityCase(string folder)
    {
        _folder = folder;
        var file = File.ReadAllBytes(Path.Combine(folder, "io.safetensors"));
        var length = (int)BitConverter.ToInt64(file);
        _header = JsonDocument.Parse(file.AsMemory(8, length)).RootElement;
        _values = file[(8 + length)..];
    }

    public static ParityCase Open(string name)
    {
        var folder = Environment.GetEnvironmentVariable("ASPIREFED_PARITY") ?? Path.Combine(RepositoryRoot(), "..", "shared", "parity");
        Assert.SkipUnless(Directory.Exists(Path.Combine(folder, name)), $"No parity data in {folder}; set ASPIREFED_PARITY.");
        return new ParityCase(Path.Combine(folder, name));
    }

    public JsonElement Json(string file) => JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, file))).RootElement;

    public RgbImage Image(string name)
    {
        var shape = Shape(name);
        return new RgbImage(shape[1], shape[0], Bytes(name).ToArray());
    }

    public float[] Floats(string name) => MemoryMarshal.Cast<byte, float>(Bytes(name)).ToArray();

    public double[] Doubles(string name) => MemoryMarshal.Cast<byte, double>(Bytes(name)).ToArray();

    public int[] Shape(string name) => [.. _header.GetProperty(name).GetProperty("shape").EnumerateArray().Select(n => n.GetInt32())];

    private ReadOnlySpan<byte> Bytes(string name)
    {
        var offsets = _header.GetProperty(name).GetProperty("data_offsets");
        return _values.AsSpan(offsets[0].GetInt32()..offsets[1].GetInt32());
    }

    private static string RepositoryRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "AspireFed.sln")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("The tests do not run below the repository.");
    }
}
