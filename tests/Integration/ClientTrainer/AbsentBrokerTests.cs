using AspireFed.Contracts.Messages;
using AspireFed.Contracts.Specs;
using AspireFed.Tests.Integration.Infrastructure;
using AspireFed.Tests.Integration.Processes;

namespace AspireFed.Tests.Integration.ClientTrainer;

/// <summary>A trainer whose broker goes away while it trains, on servers of its own.</summary>
public sealed class AbsentBrokerTests(CrashTests.OwnServers own) : IClassFixture<CrashTests.OwnServers>
{
    [Fact]
    public async Task It_finishes_its_training_without_the_broker_and_reports_when_that_is_back()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var federation = await Federation.StartAsync(own.Servers, ModelFamily.Mae);
        var start = (await federation.TrainAsync(federation.Round(0), start: null)).Weights;
        var round = federation.Round(1);
        await federation.AskAsync(round, start);
        await federation.Progress.NextAsync(progress => progress.Key == round && progress.Phase == TrainingPhase.Training);

        await own.Servers.KillAsync("rabbitmq", cancel);
        await federation.Trainer.SaysAsync("has trained", round.ToString());
        Assert.DoesNotContain(federation.Updates.All, update => update.Key == round);
        await own.Servers.StartAsync("rabbitmq", cancel);

        Assert.Equal(6 * 64, (await federation.AnswerAsync(round)).Images);
    }
}
