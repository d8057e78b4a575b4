using AspireFed.ClientTrainer.State;
using AspireFed.Contracts;
using static AspireFed.Tests.Harness.Doubles.TinyExperiment;

namespace AspireFed.Tests.Harness.ClientTrainer;

/// <summary>What becomes of the save of a round that is under way.</summary>
public sealed class StepSavesTests : IDisposable
{
    private readonly OpenJournal _open = new();

    [Theory]
    [InlineData(JournalState.Trained), InlineData(JournalState.Failed)]
    public void It_goes_when_the_round_is_trained_or_has_failed(JournalState state)
    {
        var entry = Saved(Pretraining(1));

        _open.Journal.Advance(entry with { State = state });

        Assert.False(HasSave(entry));
    }

    [Fact]
    public void It_goes_with_an_experiment_that_is_dropped()
    {
        var entry = Saved(Pretraining(1));

        _open.Journal.Drop(Id);

        Assert.False(HasSave(entry));
    }

    [Fact]
    public void It_goes_when_the_client_is_asked_for_a_later_round()
    {
        var entry = Saved(Pretraining(1));

        _open.Accept(Pretraining(2));

        Assert.False(HasSave(entry));
    }

    [Fact]
    public void None_is_kept_of_a_round_that_nobody_waits_for_any_more()
    {
        var entry = Saved(Pretraining(1));
        _open.Journal.Remove(entry);

        Assert.ThrowsAny<OperationCanceledException>(() => _open.Journal.KeepSteps(entry, Finished()));

        Assert.False(HasSave(entry));
    }

    [Fact]
    public async Task None_is_left_when_a_round_that_saved_every_step_is_over()
    {
        await using var world = new TrainerWorld(("a", 4));
        await world.StartTrainerAsync(options => options with { SaveMinutes = 0 });
        var initial = await world.TrainAsync(Pretraining(0), "a", start: null);

        await world.TrainAsync(Pretraining(1), "a", initial.Weights);

        Assert.Empty(world.StateFiles("steps"));
    }

    public void Dispose() => _open.Dispose();

    private JournalEntry Saved(RoundKey key)
    {
        var entry = _open.Accept(key)!;
        _open.Journal.KeepSteps(entry, Finished());
        Assert.True(HasSave(entry));
        return entry;
    }

    private string Finished()
    {
        var path = Path.Combine(_open.Folder.Scratch, "steps");
        File.WriteAllText(path, "a save");
        return path;
    }

    private bool HasSave(JournalEntry entry) => File.Exists(_open.Folder.Steps(entry.Key, entry.Client.Name));
}
