using AspireFed.ClientTrainer.State;
using AspireFed.Contracts;
using AspireFed.Contracts.Specs;
using static AspireFed.Tests.Harness.Doubles.TinyExperiment;

namespace AspireFed.Tests.Harness.ClientTrainer;

public sealed class JournalTests : IDisposable
{
    private readonly OpenJournal _open = new();

    [Fact]
    public void A_command_lies_on_the_disk_before_it_is_taken()
    {
        var taken = _open.Accept(Pretraining(1))!;
        using var afterARestart = new Journal(_open.Folder, TimeProvider.System);
        var found = Assert.Single(afterARestart.Open);
        Assert.Equal((taken.Key, taken.Client, taken.State, taken.Order), (found.Key, found.Client, found.State, found.Order));
    }

    [Theory]
    [InlineData(Stage.Pretrain, 2)]
    [InlineData(Stage.Finetune, 0)]
    public void A_late_command_for_a_round_before_the_clients_last_is_not_taken(Stage stage, int last)
    {
        _open.Accept(new RoundKey(Id, stage, last));
        Assert.Null(_open.Accept(Pretraining(1)));
        Assert.Equal([new RoundKey(Id, stage, last)], _open.Journal.Open.Select(entry => entry.Key));
    }

    [Fact]
    public void A_command_that_comes_again_changes_nothing_while_it_is_worked_on_and_is_reported_again_when_it_was()
    {
        var entry = _open.Accept(Pretraining(1))!;
        Assert.Equal(entry, _open.Accept(Pretraining(1)));
        _open.Journal.Advance(entry with { State = JournalState.Reported });
        Assert.Empty(_open.Journal.Open);
        Assert.Equal(JournalState.Uploaded, _open.Accept(Pretraining(1))!.State);
        _open.Journal.Advance(entry with { State = JournalState.Reported, Failure = "It failed." });
        Assert.Equal(JournalState.Failed, _open.Accept(Pretraining(1))!.State);
    }

    [Theory]
    [InlineData(LatePolicy.Refuse, false)]
    [InlineData(LatePolicy.Next, true)]
    public void A_round_that_was_not_finished_when_the_next_opened_goes_on_only_where_late_updates_count(LatePolicy late, bool goesOn)
    {
        var entry = _open.Accept(Pretraining(1))!;
        var wanted = _open.Journal.WantedToken(entry);
        _open.Accept(Pretraining(2), late);
        Assert.Equal(goesOn, !wanted.IsCancellationRequested);
        Assert.Equal(goesOn, _open.Journal.Open.Any(open => open.Key == entry.Key));
        Assert.Equal(goesOn, File.Exists(_open.Folder.Entry(entry.Key, entry.Client.Name)));
    }

    [Fact]
    public void Work_that_nobody_waits_for_any_more_is_not_written_down_again()
    {
        var entry = _open.Accept(Pretraining(1))!;
        _open.Journal.Remove(entry);
        Assert.ThrowsAny<OperationCanceledException>(() => _open.Journal.Advance(entry with { State = JournalState.Trained }));
        Assert.Empty(_open.Journal.Open);
        Assert.Empty(_open.Folder.Entries);
    }

    [Fact]
    public void Of_an_experiment_that_is_dropped_nothing_stays_and_nothing_is_taken()
    {
        var entry = _open.Accept(Pretraining(1))!;
        File.WriteAllText(_open.Folder.OptimizerState(entry.Key, entry.Client.Name), "moments");
        _open.Journal.Drop(Id);
        Assert.Empty(_open.Folder.Experiments);
        Assert.Null(_open.Accept(Pretraining(2)));
        Assert.Empty(_open.Folder.Entries);
    }

    public void Dispose() => _open.Dispose();
}
