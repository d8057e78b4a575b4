using AspireFed.ClientTrainer;
using AspireFed.ClientTrainer.State;
using AspireFed.Contracts;
using AspireFed.Contracts.Messages;
using AspireFed.Contracts.Specs;
using AspireFed.Tests.Harness.Doubles;
using static AspireFed.Tests.Harness.Doubles.TinyExperiment;

namespace AspireFed.Tests.Harness.ClientTrainer;

public sealed class JournalTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("aspirefed-journal-").FullName;
    private readonly StateFolder _folder;
    private readonly Journal _journal;

    public JournalTests()
    {
        _folder = new StateFolder(TrainerSettings.Of(new TrainerOptions { Name = "one", DataRoots = _root, State = Path.Combine(_root, "state") }));
        _journal = new Journal(_folder, TimeProvider.System);
    }

    [Fact]
    public void A_command_lies_on_the_disk_before_it_is_taken()
    {
        var taken = Accept(Pretraining(1))!;
        using var afterARestart = new Journal(_folder, TimeProvider.System);
        var found = Assert.Single(afterARestart.Open);
        Assert.Equal((taken.Key, taken.Client, taken.State, taken.Order), (found.Key, found.Client, found.State, found.Order));
    }

    [Theory]
    [InlineData(Stage.Pretrain, 2)]
    [InlineData(Stage.Finetune, 0)]
    public void A_late_command_for_a_round_before_the_clients_last_is_not_taken(Stage stage, int last)
    {
        Accept(new RoundKey(Id, stage, last));
        Assert.Null(Accept(Pretraining(1)));
        Assert.Equal([new RoundKey(Id, stage, last)], _journal.Open.Select(entry => entry.Key));
    }

    [Fact]
    public void A_command_that_comes_again_changes_nothing_while_it_is_worked_on_and_is_reported_again_when_it_was()
    {
        var entry = Accept(Pretraining(1))!;
        Assert.Equal(entry, Accept(Pretraining(1)));
        _journal.Advance(entry with { State = JournalState.Reported });
        Assert.Empty(_journal.Open);
        Assert.Equal(JournalState.Uploaded, Accept(Pretraining(1))!.State);
        _journal.Advance(entry with { State = JournalState.Reported, Failure = "It failed." });
        Assert.Equal(JournalState.Failed, Accept(Pretraining(1))!.State);
    }

    [Theory]
    [InlineData(LatePolicy.Refuse, false)]
    [InlineData(LatePolicy.Next, true)]
    public void A_round_that_was_not_finished_when_the_next_opened_goes_on_only_where_late_updates_count(LatePolicy late, bool goesOn)
    {
        var entry = Accept(Pretraining(1))!;
        var wanted = _journal.WantedToken(entry);
        Accept(Pretraining(2), late);
        Assert.Equal(goesOn, !wanted.IsCancellationRequested);
        Assert.Equal(goesOn, _journal.Open.Any(open => open.Key == entry.Key));
        Assert.Equal(goesOn, File.Exists(_folder.Entry(entry.Key, entry.Client.Name)));
    }

    [Fact]
    public void Work_that_nobody_waits_for_any_more_is_not_written_down_again()
    {
        var entry = Accept(Pretraining(1))!;
        _journal.Remove(entry);
        Assert.ThrowsAny<OperationCanceledException>(() => _journal.Advance(entry with { State = JournalState.Trained }));
        Assert.Empty(_journal.Open);
        Assert.Empty(_folder.Entries);
    }

    [Fact]
    public void Of_an_experiment_that_is_dropped_nothing_stays_and_nothing_is_taken()
    {
        var entry = Accept(Pretraining(1))!;
        File.WriteAllText(_folder.OptimizerState(entry.Key, entry.Client.Name), "moments");
        _journal.Drop(Id);
        Assert.Empty(_folder.Experiments);
        Assert.Null(Accept(Pretraining(2)));
        Assert.Empty(_folder.Entries);
    }

    public void Dispose()
    {
        _journal.Dispose();
        _folder.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    private JournalEntry? Accept(RoundKey key, LatePolicy late = LatePolicy.Refuse)
    {
        var spec = new ObjectRef(ObjectNames.Experiment(Id), new string('0', 64), 1);
        return _journal.Accept(new TrainRound(key, MiniDataSet.Client("a"), spec, spec, TimeSpan.MaxValue) { Late = late }, traceParent: null);
    }
}
