using AspireFed.Contracts;
using AspireFed.Contracts.Randomness;
using SkiaSharp;

namespace AspireFed.Tests.Harness.Doubles;

/// <summary>
/// A data set of a few 64-pixel pictures with two classes, bright and dark: `2_clients/split`, with a client per given size.
/// </summary>
internal sealed class MiniDataSet : IDisposable
{
    public const string Name = "mini";
    public const string Partition = "2_clients/split";

    private const int Side = 64;
    private readonly Dictionary<string, int> _labels = [];

    public MiniDataSet(params (string Client, int Images)[] clients)
    {
        Directory.CreateDirectory(Path.Combine(Folder, "train"));
        Directory.CreateDirectory(Path.Combine(Folder, "test"));
        Directory.CreateDirectory(Path.Combine(Folder, Partition));
        foreach (var (client, images) in clients)
        {
            var drawn = Enumerable.Range(0, images).Select(i => Draw("train", $"{client}-{i}", i % 2));
            WriteList(Path.Combine(Partition, $"{client}.csv"), [.. drawn]);
        }
        string[] test = [.. Enumerable.Range(0, 6).Select(i => Draw("test", $"test-{i}", i % 2))];
        WriteList("test.csv", test);
        File.WriteAllLines(Path.Combine(Folder, "labels.csv"), _labels.Select(label => $"{label.Key},{label.Value}"));
        File.WriteAllLines(Path.Combine(Folder, "classes.csv"), ["index,label", "0,dark", "1,bright"]);
    }

    /// <summary>The data root.</summary>
    public string Root { get; } = Directory.CreateTempSubdirectory("aspirefed-sets-").FullName;

    public string Folder => Path.Combine(Root, Name);

    public static ClientId Client(string name) => new(Name, Partition, name);

    /// <summary>Path of a client's training image.</summary>
    public string TrainImage(string client, int index) => Path.Combine(Folder, "train", $"{client}-{index}.png");

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private void WriteList(string file, string[] names) => File.WriteAllLines(Path.Combine(Folder, file), names);

    private string Draw(string folder, string name, int label)
    {
        var random = RandomStream.Derive(7, name);
        using var bitmap = new SKBitmap(Side, Side, SKColorType.Rgba8888, SKAlphaType.Opaque);
        for (var y = 0; y < Side; y++)
        {
            for (var x = 0; x < Side; x++)
            {
                var light = (byte)((label * 120) + random.NextInt32(100) + (x / 4));
                bitmap.SetPixel(x, y, new SKColor(light, (byte)(light / 2), (byte)(y * 2)));
            }
        }
        using var png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        var file = $"{name}.png";
        File.WriteAllBytes(Path.Combine(Folder, folder, file), png.ToArray());
        _labels[file] = label;
        return file;
    }
}
