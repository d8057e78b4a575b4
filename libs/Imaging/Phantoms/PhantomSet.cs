using AspireFed.Contracts;
using AspireFed.Contracts.Randomness;
using AspireFed.Imaging.Pixels;

namespace AspireFed.Imaging.Phantoms;

/// <summary>
/// A made-up data set in the layout of the reference, for demonstrations and tests: pictures like those of the back of the eye, healthy or
/// with small lesions, from five sites that differ in camera, size and share of lesions.
/// </summary>
public static class PhantomSet
{
    private const int EvenClients = 5;

    /// <summary>Writes the set. The folder appears only when it is complete; the same settings give the same pictures.</summary>
    /// <param name="folder">The set's own folder; its name is the set's name.</param>
    /// <param name="settings">Sizes and seed.</param>
    /// <param name="progress">Told the number of images written so far.</param>
    /// <param name="cancel">Stops; nothing is left behind.</param>
    /// <exception cref="InputException">The folder is there already, or cannot be written.</exception>
    public static void Write(string folder, PhantomSettings settings, IProgress<int>? progress, CancellationToken cancel)
    {
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (Path.Exists(folder))
            throw new InputException($"'{folder}' is there already; remove it or choose another folder.");
        // A name with a dot in front is not taken for a set.
        var unfinished = Path.Combine(Path.GetDirectoryName(folder) ?? folder, $".{Path.GetFileName(folder)}-{Guid.NewGuid():N}");
        try
        {
            var images = Plan(settings);
            WritePictures(unfinished, images, settings, progress, cancel);
            WriteTables(unfinished, images);
            File.WriteAllText(Path.Combine(unfinished, "README.md"), PhantomReadme.Of(Path.GetFileName(folder), settings, images));
            Directory.Move(unfinished, folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"The phantom set cannot be written to '{folder}': {e.Message.ReplaceLineEndings(" ")}", e);
        }
        finally
        {
            if (Directory.Exists(unfinished))
                Directory.Delete(unfinished, recursive: true);
        }
    }

    /// <summary>One picture, as the set has it; for looking at.</summary>
    internal static RgbImage Picture(PhantomImage image, PhantomSettings settings)
    {
        var eye = FundusPainter.Paint(settings.Size, image.Lesions, RandomStream.Derive(settings.Seed, "phantom-eye", image.File));
        return CameraModel.Photograph(eye, image.Site.Camera, RandomStream.Derive(settings.Seed, "phantom-camera", image.File));
    }

    internal static IReadOnlyList<PhantomImage> Plan(PhantomSettings settings)
    {
        var images = new List<PhantomImage>();
        foreach (var site in PhantomSite.All)
        {
            var (train, test, before) = (site.TrainImages(settings), settings.TestPerSite, images.Count);
            var labels = Labels(train, site.Lesions, settings.Seed, site, "train").Concat(Labels(test, 0.5, settings.Seed, site, "test"));
            images.AddRange(labels.Select((lesions, i) =>
                new PhantomImage($"phantom-{site.Name}-{i + 1:0000}.png", lesions, site, i >= train, before + i + 1)));
        }

        return images;
    }

    private static bool[] Labels(int count, double lesions, long seed, PhantomSite site, string split)
    {
        var labels = new bool[count];
        labels.AsSpan(0, (int)Math.Round(count * lesions)).Fill(true);
        RandomStream.Derive(seed, "phantom-labels", site.Name, split).Shuffle<bool>(labels);
        return labels;
    }

    private static void WritePictures(
        string folder, IReadOnlyList<PhantomImage> images, PhantomSettings settings, IProgress<int>? progress, CancellationToken cancel)
    {
        var train = Directory.CreateDirectory(Path.Combine(folder, "train"));
        var test = Directory.CreateDirectory(Path.Combine(folder, "test"));
        var written = 0;
        foreach (var image in images)
        {
            cancel.ThrowIfCancellationRequested();
            var png = ImageEncoder.Png(Picture(image, settings));
            File.WriteAllBytes(Path.Combine((image.Test ? test : train).FullName, image.File), png);
            progress?.Report(++written);
        }
    }

    private static void WriteTables(string folder, IReadOnlyList<PhantomImage> images)
    {
        var (train, test) = (images.Where(i => !i.Test).ToArray(), images.Where(i => i.Test).ToArray());
        Write("labels.csv", images.Select(i => $"{i.File},{i.Label}"));
        Write("classes.csv", ["index,label", $"0,{PhantomImage.Healthy}", $"1,{PhantomImage.Lesion}"]);
        Write("meta.csv", images
            .Select(i => $"{i.File},{i.LabelName},{i.Site.Name},g{i.Number:0000},{(i.Test ? "test" : "train")}")
            .Prepend("file,label,site,group,split"));
        WriteNames("train.csv", train);
        WriteNames("test.csv", test);
        WriteNames("central/train.csv", train);
        foreach (var site in train.GroupBy(i => i.Site.Name))
            WriteNames($"{PhantomSite.All.Count}_clients/split_real/{site.Key}.csv", site);
        // Each site's and class's images are dealt out in turn.
        var dealt = train.OrderBy(i => i.Label).ThenBy(i => i.Site.Name, StringComparer.Ordinal).ThenBy(i => i.Number).Index();
        foreach (var client in dealt.GroupBy(i => i.Index % EvenClients, i => i.Item))
            WriteNames($"{EvenClients}_clients/split_1/client_{client.Key + 1}.csv", client.OrderBy(i => i.Number));

        void WriteNames(string name, IEnumerable<PhantomImage> list) => Write(name, list.Select(i => i.File));

        void Write(string name, IEnumerable<string> lines)
        {
            var path = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, string.Concat(lines.Select(line => line + "\n")));
        }
    }
}
