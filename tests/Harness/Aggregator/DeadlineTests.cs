using AspireFed.Aggregator;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Messages;
using AspireFed.Contracts.Views;
using AspireFed.Tests.Harness.Doubles;
using MassTransit.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace AspireFed.Tests.Harness.Aggregator;

public sealed class DeadlineTests
{
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(new AggregatorOptions().SilenceSeconds);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 24, 8, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task At_the_deadline_a_quorum_suffices_and_the_late_client_is_told()
    {
        using var store = new FolderObjectStore();
        var trainers = RoundTests.Trainers(store);
        var asked = Silence(trainers[1], 1);
        await using var host = await AggregatorHost.StartAsync(store, trainers, _time);
        var (id, command) = await PassDeadlineAsync(host, _time, asked, "federation: { quorum: 2, deadlineMinutes: 30 }");
        await host.View.AwaitAsync(id, e => e.Kind == ExperimentEventKind.RoundCommitted, count: 2);
        await trainers[1].AnswerAsync(command);
        await trainers[1].Refused.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(ExperimentEnd.Completed, (await host.EndOfAsync(id)).End);

        var decision = (await host.CommitOfAsync(id, Stage.Pretrain, 1)).Decision;
        Assert.Equal(["client-1", "client-3"], decision.Counted.Select(counted => counted.Client.Name));
        Assert.Equal("No update came before the deadline.", Assert.Single(decision.LeftOut).Reason);
        Assert.Contains("already committed", Assert.Single(trainers[1].Refusals).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("decision-0000000001.json")]
    [InlineData("commit.json")]
    public async Task A_client_whose_update_comes_while_its_round_is_being_committed_is_told(string step)
    {
        using var store = new FolderObjectStore();
        using var commit = new Gate("put", $"pretrain/rounds/00001/{step}");
        store.Fault = commit.Hold;
        var trainers = RoundTests.Trainers(store);
        var asked = Silence(trainers[1], 1);
        await using var host = await AggregatorHost.StartAsync(store, trainers, _time);
        var (id, command) = await PassDeadlineAsync(host, _time, asked, "federation: { quorum: 2, deadlineMinutes: 30 }");
        await commit.Reached;

        await trainers[1].AnswerAsync(command);
        await host.HeardAsync<UpdateReady>(update => update.Client == command.Client && update.Key == command.Key);
        commit.Open();
        await trainers[1].Refused.WaitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(ExperimentEnd.Completed, (await host.EndOfAsync(id)).End);
        Assert.Contains("No update came before the deadline", Assert.Single(trainers[1].Refusals).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task At_the_deadline_without_a_quorum_the_experiment_fails()
    {
        using var store = new FolderObjectStore();
        var trainers = RoundTests.Trainers(store);
        var asked = Silence(trainers[1], 1);
        await using var host = await AggregatorHost.StartAsync(store, trainers, _time);
        var (id, _) = await PassDeadlineAsync(host, _time, asked, "federation: { deadlineMinutes: 30 }");
        var outcome = await host.EndOfAsync(id);
        Assert.Equal(ExperimentEnd.Failed, outcome.End);
        Assert.Contains("only 2 of the 3 updates needed came before the deadline", outcome.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silent_client_is_asked_again_and_not_given_up()
    {
        using var store = new FolderObjectStore();
        var trainers = RoundTests.Trainers(store);
        var asked = Silence(trainers[1], 1);
        await using var host = await AggregatorHost.StartAsync(store, trainers, _time);
        var id = await host.CreateAsync(TestSpecs.TwoRounds);
        await asked;
        await host.View.AwaitAsync(id, e => e.Kind == ExperimentEventKind.UpdateCounted, count: 3);

        trainers[1].Instead = null;
        host.Advance(_time, s_silence);
        Assert.Equal(ExperimentEnd.Completed, (await host.EndOfAsync(id)).End);
        Assert.Equal(2, trainers[1].Commands.Count(command => command.Key.Round == 1));
        Assert.Equal(1, trainers[0].Commands.Count(command => command.Key.Round == 1));
    }

    [Fact]
    public async Task A_command_does_not_outlive_five_minutes_in_the_queue_and_says_how_long_its_round_still_lasts()
    {
        using var store = new FolderObjectStore();
        var trainers = RoundTests.Trainers(store);
        var asked = Silence(trainers[1], 1);
        await using var host = await AggregatorHost.StartAsync(store, trainers, _time);
        var id = await host.CreateAsync(TestSpecs.TwoRounds.With("federation: { deadlineMinutes: 30 }"));
        Assert.Equal(TimeSpan.FromMinutes(30), (await asked).Left);
        await host.View.AwaitAsync(id, e => e.Kind == ExperimentEventKind.UpdateCounted, count: 3);

        trainers[1].Instead = null;
        host.Advance(_time, s_silence);
        await host.EndOfAsync(id);
        Assert.Equal(TimeSpan.FromMinutes(30) - s_silence, trainers[1].Commands.Last(command => command.Key.Round == 1).Left);
        var sent = host.Services.GetRequiredService<ITestHarness>().Sent.Select<TrainRound>(TestContext.Current.CancellationToken)
            .Take(trainers.Sum(trainer => trainer.Commands.Count)).ToList();
        Assert.NotEmpty(sent);
        Assert.All(sent, command => Assert.Equal(TimeSpan.FromMinutes(5), command.Context.TimeToLive));
    }

    [Fact]
    public async Task A_client_that_reports_progress_is_not_asked_again()
    {
        using var store = new FolderObjectStore();
        var trainers = RoundTests.Trainers(store);
        var asked = Silence(trainers[1], 1);
        await using var host = await AggregatorHost.StartAsync(store, trainers, _time);
        var id = await host.CreateAsync(TestSpecs.TwoRounds);
        var command = await asked;
        await host.View.AwaitAsync(id, e => e.Kind == ExperimentEventKind.UpdateCounted, count: 3);

        for (var step = 1; step <= 3; step++)
        {
            _time.Advance(s_silence / 2);
            await host.Bus.Publish(
                new TrainingProgress(command.Key, command.Client, "b", TrainingPhase.Training, step, 3, 0.7, 90), TestContext.Current.CancellationToken);
            await host.View.AwaitAsync(id, e => e.Kind == ExperimentEventKind.ClientProgressed, count: step);
            host.Advance(_time, TimeSpan.Zero);
        }
        var view = await host.ShowAsync<ExperimentView>($"/experiments/{id}");
        var client = Assert.Single(view.Clients, client => client.Client == command.Client);
        Assert.Equal((3, 3, TrainingPhase.Training), (client.Step, client.Steps, client.Phase));
        await trainers[1].AnswerAsync(command);
        Assert.Equal(ExperimentEnd.Completed, (await host.EndOfAsync(id)).End);
        Assert.Equal(1, trainers[1].Commands.Count(c => c.Key.Round == 1));
    }

    /// <summary>Runs two rounds until the first is past its deadline, with one client's update missing.</summary>
    internal static async Task<(string Id, TrainRound Missed)> PassDeadlineAsync(
        AggregatorHost host, FakeTimeProvider time, Task<TrainRound> asked, string federation)
    {
        var id = await host.CreateAsync(TestSpecs.TwoRounds.With(federation));
        await host.View.AwaitAsync(id, e => e.Kind == ExperimentEventKind.UpdateCounted, count: 3);
        var missed = await asked;
        host.Advance(time, TimeSpan.FromMinutes(31));
        return (id, missed);
    }

    /// <summary>Makes a trainer ignore the commands of some rounds.</summary>
    /// <returns>The first of them.</returns>
    internal static Task<TrainRound> Silence(FakeTrainer trainer, params int[] rounds)
    {
        var asked = new TaskCompletionSource<TrainRound>(TaskCreationOptions.RunContinuationsAsynchronously);
        trainer.Instead = command =>
        {
            if (!rounds.Contains(command.Key.Round)) return trainer.AnswerAsync(command);
            asked.TrySetResult(command);
            return Task.CompletedTask;
        };
        return asked.Task;
    }
}
