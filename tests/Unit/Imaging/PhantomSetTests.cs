using System.Security.Cryptography;
using AspireFed.Contracts;
using AspireFed.Imaging.DataSets;
using AspireFed.Imaging.Phantoms;
using AspireFed.Imaging.Pixels;

namespace AspireFed.Tests.Unit.Imaging;

public sealed class PhantomSetTests : IDisposable
{
    private static readonly PhantomSettings Small = new() { TrainPerSite = 20, TestPerSite = 4, Size = 32 };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Write(string name, PhantomSettings settings)
    {
        var folder = Path.Combine(_folder.Path, name);
        PhantomSet.Write(folder, settings, null, TestContext.Current.CancellationToken);
        return folder;
    }

    [Fact]
    public void It_is_a_data_set_with_five_sites_that_are_dealt_out_completely()
    {
        var set = DataSet.Open(Write("phantom", Small));

        Assert.Equal(["healthy", "lesion"], set.Classes);
        Assert.Equal(["5_clients/split_1", "5_clients/split_real", "central"], set.Partitions);
        var all = set.TrainImages(set.Clients("central").Single()).Select(i => i.File).ToArray();
        foreach (var partition in set.Partitions)
            Assert.Equal(all, set.Clients(partition).SelectMany(set.TrainImages).Select(i => i.File).Order(StringComparer.Ordinal));
        foreach (var client in set.Clients("5_clients/split_real"))
            Assert.All(set.TrainImages(client), image => Assert.Equal(client.Name, image.Site));
        var even = set.Clients("5_clients/split_1").Select(c => set.TrainImages(c).Sum(i => i.Label)).ToArray();
        Assert.InRange(even.Max() - even.Min(), 0, 1);
        Assert.Equal(20, set.TestImages.Count);
        Assert.Equal(10, set.TestImages.Sum(i => i.Label));
        Assert.Equal(Small.Images, all.Length + set.TestImages.Count);
        Assert.Contains("SYNTHETIC", File.ReadAllText(Path.Combine(set.Folder, "README.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_seed_gives_the_same_pictures_and_another_gives_others()
    {
        var (first, same, other) = (Pixels(Write("a", Small)), Pixels(Write("b", Small)), Pixels(Write("c", Small with { Seed = 2 })));

        Assert.Equal(first, same);
        Assert.NotEqual(first, other);
    }

    [Fact]
    public void Only_lesions_tell_the_classes_of_one_eye_apart()
    {
        var settings = new PhantomSettings();
        var healthy = PhantomSet.Plan(settings).First(i => i is { Test: true, Lesions: false, Site.Name: "alder" });

        var without = PhantomSet.Picture(healthy, settings).Pixels;
        var with = PhantomSet.Picture(healthy with { Lesions = true }, settings).Pixels;
        var changed = without.Zip(with, (a, b) => Math.Abs(a - b) > 40).Count(c => c);

        Assert.InRange(changed, 6, without.Length / 10);
    }

    [Fact]
    public void A_stopped_write_leaves_nothing_and_a_folder_that_is_there_is_refused()
    {
        using var stop = new CancellationTokenSource();
        var progress = new Stopper(stop);
        var folder = Path.Combine(_folder.Path, "phantom");

        Assert.Throws<OperationCanceledException>(() => PhantomSet.Write(folder, Small, progress, stop.Token));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));

        Directory.CreateDirectory(folder);
        Assert.Contains("is there already", Assert.Throws<InputException>(() => Write("phantom", Small)).Message, StringComparison.Ordinal);
    }

    private static string Pixels(string folder)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in Directory.EnumerateFiles(folder, "*.png", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            hash.AppendData(ImageDecoder.Load(file).Pixels);
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private sealed class Stopper(CancellationTokenSource stop) : IProgress<int>
    {
        public void Report(int value)
        {
            if (value == 5)
                stop.Cancel();
        }
    }
}
