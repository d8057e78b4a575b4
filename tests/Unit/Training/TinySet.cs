using System.Text;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Randomness;
using AspireFed.Contracts.Specs;
using AspireFed.Imaging.DataSets;

namespace AspireFed.Tests.Unit.Training;

/// <summary>A data set of small noisy pictures, bright or dark by class, in a folder that goes with the test.</summary>
internal sealed class TinySet : IDisposable
{
    public const int TrainImages = 20, TestImages = 6;

    public TinySet()
    {
        Root = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        var set = Directory.CreateDirectory(Path.Combine(Root, "Tiny")).FullName;
        var labels = new StringBuilder();
        var meta = new StringBuilder("file,site\n");
        foreach (var (folder, count) in new[] { ("train", TrainImages), ("test", TestImages) })
        {
            Directory.CreateDirectory(Path.Combine(set, folder));
            for (var i = 0; i < count; i++)
            {
                var name = $"{folder}{i:D2}.npy";
                WritePicture(Path.Combine(set, folder, name), i % 2 == 0 ? 60 : 190, RandomStream.Derive(5, name));
                labels.Append($"{name},{i % 2}\n");
                meta.Append($"{name},{(i % 3 == 0 ? "north" : "south")}\n");
            }
        }
        File.WriteAllText(Path.Combine(set, "labels.csv"), labels.ToString());
        File.WriteAllText(Path.Combine(set, "meta.csv"), meta.ToString());
        File.WriteAllText(Path.Combine(set, "classes.csv"), "index,label\n0,dark\n1,bright\n");
        File.WriteAllText(Path.Combine(set, "test.csv"), Names("test", 0, TestImages));
        var split = Directory.CreateDirectory(Path.Combine(set, "2_clients", "split_1")).FullName;
        File.WriteAllText(Path.Combine(split, "one.csv"), Names("train", 0, 14));
        File.WriteAllText(Path.Combine(split, "two.csv"), Names("train", 14, TrainImages - 14));
        Catalog = new DataSetCatalog([Root]);
    }

    public string Root { get; }

    public DataSetCatalog Catalog { get; }

    public static ClientId One { get; } = new("Tiny", "2_clients/split_1", "one");

    public string PathTo(string file) => Path.Combine(Root, "Tiny", file);

    public static ExperimentRecord Experiment(ModelFamily family, Func<ExperimentSpec, ExperimentSpec>? change = null)
    {
        var spec = new ExperimentSpec
        {
            Name = "tiny",
            Seed = 7,
            Data = new DataSpec { Set = "Tiny", Partition = "2_clients/split_1" },
            Model = new ModelSpec { Family = family },
            Pretrain = PretrainSpec.For(family) with
            {
                Rounds = 4,
                WarmupRounds = 1,
                BatchSize = 4,
                Tokenizer = new TokenizerSpec { Vocabulary = 32 },
            },
            Finetune = FinetuneSpec.For(family) with { Rounds = 4, WarmupRounds = 1, BatchSize = 4 },
        };
        return new ExperimentRecord("tiny-1", DateTimeOffset.UnixEpoch, change?.Invoke(spec) ?? spec, [One, One with { Name = "two" }]);
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private static string Names(string folder, int from, int count) =>
        string.Concat(Enumerable.Range(from, count).Select(i => $"{folder}{i:D2}.npy\n"));

    private static void WritePicture(string path, int brightness, RandomStream random)
    {
        const int side = 64;
        var header = $"{{'descr': '|u1', 'fortran_order': False, 'shape': ({side}, {side}, 3), }}".PadRight(117) + "\n";
        using var file = File.Create(path);
        file.Write([0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0, (byte)header.Length, 0]);
        file.Write(Encoding.Latin1.GetBytes(header));
        for (var i = 0; i < side * side * 3; i++) file.WriteByte((byte)(brightness + random.NextInt32(60)));
    }
}
