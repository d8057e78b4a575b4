using System.Globalization;
using System.Text.RegularExpressions;
using AspireFed.Contracts.Messages;
using AspireFed.Contracts.Specs;
using AspireFed.Tests.Integration.Infrastructure;
using AspireFed.Tests.Integration.Processes;

namespace AspireFed.Tests.Integration.ClientTrainer;

/// <summary>A trainer process that is killed in the midst of its work, over the real broker and the real store.</summary>
public sealed partial class KilledTrainerTests(ServersFixture servers)
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

    [Fact]
    public async Task A_trainer_killed_again_and_again_in_the_midst_of_a_training_goes_on_from_its_last_step_and_gives_the_same_bytes()
    {
        await using var spared = await Federation.StartAsync(servers, ModelFamily.Mae);
        await using var killed = await Federation.StartAsync(servers, ModelFamily.Mae);
        var start = (await spared.TrainAsync(spared.Round(0), start: null)).Weights;
        var expected = await spared.TrainAsync(spared.Round(1), start);
        await killed.TrainAsync(killed.Round(0), start: null);
        var round = killed.Round(1);

        var saved = killed.NextSaveAsync();
        await killed.AskAsync(round, start);
        var steps = new List<int>();
        for (var kill = 0; kill < 3; kill++)
        {
            await saved;
            await killed.Trainer.KillAsync();
            saved = killed.NextSaveAsync();
            killed.Trainer.Start(); // nobody asks again
            steps.Add(Step().Match(await killed.Trainer.SaysAsync($"resumes {round} at step")) is { Success: true } match
                ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : 0);
        }

        var update = await killed.AnswerAsync(round);
        Assert.True(steps is [> 0, ..], $"It went on from the steps {string.Join(", ", steps)}.");
        Assert.Equal(steps.Distinct().Order(), steps);
        Assert.Equal(expected.Weights.Sha256, update.Weights.Sha256);
        Assert.Equal((expected.Samples, expected.Images, expected.Loss), (update.Samples, update.Images, update.Loss));
    }

    [GeneratedRegex(@"at step (\d+) of")]
    private static partial Regex Step();
}
