using AspireFed.Contracts;
using AspireFed.Contracts.Specs;
using AspireFed.Tests.Parity.Federated;

namespace AspireFed.Tests.Integration.Replay;

/// <summary>
/// A data set with the clients of a recorded run and as many images each, so that plans, steps and weights in the average follow from it as
/// in the recording. Its image files are empty: the recorded batches stand in for them.
/// </summary>
internal sealed class RecordedSet : IDisposable
{
    public RecordedSet(RecordedRun run, string name)
    {
        Spec = new DataSpec { Set = name, Partition = $"{run.Clients.Count}_clients/recorded" };
        var folder = Path.Combine(Root, name);
        var partition = Directory.CreateDirectory(Path.Combine(folder, Spec.Partition)).FullName;
        var train = Directory.CreateDirectory(Path.Combine(folder, "train")).FullName;
        var classes = run.Stage == Stage.Finetune ? run.Classes : 1;
        List<string> labels = [];
        foreach (var (list, images) in run.Clients)
        {
            string[] files = [.. Enumerable.Range(0, images).Select(image => $"{Path.GetFileNameWithoutExtension(list)}-{image}.png")];
            File.WriteAllLines(Path.Combine(partition, list), files);
            foreach (var file in files) File.WriteAllBytes(Path.Combine(train, file), []);
            labels.AddRange(files.Select((file, image) => $"{file},{image % classes}"));
        }
        File.WriteAllLines(Path.Combine(folder, "labels.csv"), labels);
        File.WriteAllLines(
            Path.Combine(folder, "classes.csv"), ["index,label", .. Enumerable.Range(0, classes).Select(number => $"{number},class {number}")]);
    }

    /// <summary>The data root.</summary>
    public string Root { get; } = Directory.CreateTempSubdirectory("aspirefed-sets-").FullName;

    public DataSpec Spec { get; }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
