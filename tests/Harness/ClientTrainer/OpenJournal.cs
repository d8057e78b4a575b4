using AspireFed.ClientTrainer;
using AspireFed.ClientTrainer.State;
using AspireFed.Contracts;
using AspireFed.Contracts.Messages;
using AspireFed.Contracts.Specs;
using AspireFed.Tests.Harness.Doubles;

namespace AspireFed.Tests.Harness.ClientTrainer;

/// <summary>A trainer's journal in a state folder of its own, without the trainer.</summary>
internal sealed class OpenJournal : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("aspirefed-journal-").FullName;

    public OpenJournal()
    {
        Folder = new StateFolder(TrainerSettings.Of(new TrainerOptions { Name = "one", DataRoots = _root, State = Path.Combine(_root, "state") }));
        Journal = new Journal(Folder, TimeProvider.System);
    }

    public StateFolder Folder { get; }

    public Journal Journal { get; }

    /// <summary>Takes a command for the client `a`, or none where it is over.</summary>
    public JournalEntry? Accept(RoundKey key, LatePolicy late = LatePolicy.Refuse)
    {
        var spec = new ObjectRef(ObjectNames.Experiment(key.Experiment), new string('0', 64), 1);
        return Journal.Accept(new TrainRound(key, MiniDataSet.Client("a"), spec, spec, TimeSpan.MaxValue) { Late = late }, traceParent: null);
    }

    public void Dispose()
    {
        Journal.Dispose();
        Folder.Dispose();
        Directory.Delete(_root, recursive: true);
    }
}
