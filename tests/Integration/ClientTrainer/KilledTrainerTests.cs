using AspireFed.Contracts.Messages;
using AspireFed.Contracts.Specs;
using AspireFed.Tests.Integration.Infrastructure;
using AspireFed.Tests.Integration.Processes;

namespace AspireFed.Tests.Integration.ClientTrainer;

/// <summary>A trainer process that is killed in the midst of its work, over the real broker and the real store.</summary>
public sealed class KilledTrainerTests(ServersFixture servers)
{
    [Fact]
    public async Task A_trainer_killed_in_every_phase_of_a_round_gives_the_same_bytes_as_one_that_was_not()
    {
        await using var spared = await Federation.StartAsync(servers, ModelFamily.Mae);
        await using var killed = await Federation.StartAsync(servers, ModelFamily.Mae);
        var initial = await spared.TrainAsync(spared.Round(0), start: null);
        Assert.Equal(initial.Weights.Sha256, (await killed.TrainAsync(killed.Round(0), start: null)).Weights.Sha256);
        var start = initial.Weights;

        foreach (var (round, phase) in new[] { (1, TrainingPhase.Fetching), (2, TrainingPhase.Training), (3, TrainingPhase.Uploading) })
        {
            var expected = await spared.TrainAsync(spared.Round(round), start);
            await killed.AskAsync(killed.Round(round), start);
            await killed.Progress.NextAsync(progress => progress.Key == killed.Round(round) && progress.Phase == phase);
            await killed.Trainer.KillAsync();
            killed.Trainer.Start(); // nobody asks again

            var update = await killed.AnswerAsync(killed.Round(round));

            Assert.Equal(expected.Weights.Sha256, update.Weights.Sha256);
            Assert.Equal((expected.Samples, expected.Images, expected.Loss), (update.Samples, update.Images, update.Loss));
            start = update.Weights;
        }
    }
}
