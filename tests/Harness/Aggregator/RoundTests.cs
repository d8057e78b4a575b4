using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Messages;
using AspireFed.Contracts.Views;
using AspireFed.Tests.Harness.Doubles;

namespace AspireFed.Tests.Harness.Aggregator;

public sealed class RoundTests
{
    [Fact]
    public async Task Two_stages_of_two_rounds_run_to_their_results()
    {
        using var store = new FolderObjectStore();
        var trainers = Trainers(store);
        await using var host = await AggregatorHost.StartAsync(store, trainers);
        var id = await host.CreateAsync(TestSpecs.TwoStages);
        var outcome = await host.EndOfAsync(id);

        Assert.Equal(ExperimentEnd.Completed, outcome.End);
        var view = await host.ShowAsync<ExperimentView>($"/experiments/{id}");
        Assert.Equal(ExperimentState.Completed, view.Summary.State);
        Assert.Equal(["pretrain/0", "pretrain/1", "pretrain/2", "finetune/0", "finetune/1", "finetune/2"],
            view.Rounds.Select(round => $"{round.Commit.Decision.Key.Stage.ToName()}/{round.Commit.Decision.Key.Round}"));
        Assert.All(view.Rounds, round => Assert.NotNull(round.Timing));
        Assert.Equal([1, 2], view.Evaluations.Select(metrics => metrics.Key.Round));
        Assert.Equal(0.8, view.Summary.Top1);
        var last = await host.CommitOfAsync(id, Stage.Finetune, 2);
        Assert.Equal(["client-1", "client-2", "client-3"], last.Decision.Counted.Select(counted => counted.Client.Name));
        Assert.Equal(last.Global.Sha256, (await host.ShowAsync<ExperimentResults>($"/experiments/{id}/results")).FinalWeightsSha256);

        // The first client makes the initial weights, of the second stage from the end of the first.
        var initial = Assert.Single(trainers[0].Commands, command => command.Key == new RoundKey(id, Stage.Finetune, 0));
        Assert.Equal("client-1", initial.Client.Name);
        Assert.Equal((await host.CommitOfAsync(id, Stage.Pretrain, 2)).Global, initial.Start);
        Assert.Null(trainers[0].Commands.First().Start);
    }

    [Fact]
    public async Task The_order_of_arrival_does_not_change_a_bit()
    {
        var forward = await FinalWeightsAsync(["client-1", "client-2", "client-3"]);
        var backward = await FinalWeightsAsync(["client-3", "client-2", "client-1"]);
        Assert.Equal(forward, backward);
    }

    [Fact]
    public async Task An_update_that_is_delivered_twice_counts_once()
    {
        using var store = new FolderObjectStore();
        var trainers = Trainers(store);
        trainers[1].Instead = async command =>
        {
            await trainers[1].AnswerAsync(command);
            await trainers[1].AnswerAsync(command);
        };
        await using var host = await AggregatorHost.StartAsync(store, trainers);
        var id = await host.CreateAsync(TestSpecs.TwoRounds);

        Assert.Equal(ExperimentEnd.Completed, (await host.EndOfAsync(id)).End);
        Assert.Equal(3, (await host.CommitOfAsync(id, Stage.Pretrain, 1)).Decision.Counted.Count);
        Assert.Empty(trainers[1].Refusals);
        Assert.Equal((await host.CommitOfAsync(id, Stage.Pretrain, 2)).Global.Sha256, await FinalWeightsAsync(["client-1", "client-2", "client-3"]));
    }

    [Fact]
    public async Task Of_two_different_updates_of_a_client_one_counts_and_the_other_is_refused()
    {
        using var store = new FolderObjectStore();
        var trainers = Trainers(store);
        var release = new TaskCompletionSource();
        trainers[2].Instead = async command =>
        {
            if (command.Key.Round == 1) await release.Task;
            await trainers[2].AnswerAsync(command);
        };
        trainers[1].Instead = async command =>
        {
            await trainers[1].AnswerAsync(command);
            if (command.Key.Round == 1) await trainers[1].AnswerAsync(command, tensors => tensors["head.bias"][0] += 1);
        };
        await using var host = await AggregatorHost.StartAsync(store, trainers);
        var id = await host.CreateAsync(TestSpecs.TwoRounds);
        await trainers[1].Refused.WaitAsync(TestContext.Current.CancellationToken);
        release.SetResult();
        Assert.Equal(ExperimentEnd.Completed, (await host.EndOfAsync(id)).End);

        var refusal = Assert.Single(trainers[1].Refusals);
        Assert.Contains("counts already", refusal.Reason, StringComparison.Ordinal);
        var counted = Assert.Single((await host.CommitOfAsync(id, Stage.Pretrain, 1)).Decision.Counted, c => c.Client.Name == "client-2");
        Assert.NotEqual(refusal.Sha256, counted.Weights.Sha256);
    }

    [Fact]
    public async Task A_late_update_is_refused_and_the_client_told()
    {
        using var store = new FolderObjectStore();
        var trainers = Trainers(store);
        await using var host = await AggregatorHost.StartAsync(store, trainers);
        var id = await host.CreateAsync(TestSpecs.TwoRounds);
        await host.EndOfAsync(id);
        var before = await host.CommitOfAsync(id, Stage.Pretrain, 1);
        var command = trainers[0].Commands.First(c => c.Key.Round == 1);

        await trainers[0].AnswerAsync(command, tensors => tensors["head.bias"][0] += 1);
        await trainers[0].Refused.WaitAsync(TestContext.Current.CancellationToken);

        var refusal = Assert.Single(trainers[0].Refusals);
        Assert.Equal(command.Key, refusal.Key);
        Assert.Contains("already committed", refusal.Reason, StringComparison.Ordinal);
        Assert.Equal(before.Global, (await host.CommitOfAsync(id, Stage.Pretrain, 1)).Global);
    }

    [Fact]
    public async Task The_sampled_cohorts_of_a_stage_depend_on_the_seed_alone_and_every_client_has_its_turn()
    {
        async Task<IReadOnlyList<string>> CohortsAsync(int seed)
        {
            using var store = new FolderObjectStore();
            await using var host = await AggregatorHost.StartAsync(store, Trainers(store));
            var spec = TestSpecs.TwoRounds.Replace("rounds: 2", "rounds: 8").Replace("seed: 3", $"seed: {seed}");
            var id = await host.CreateAsync(spec.With("federation: { cohort: 2 }"));
            Assert.Equal(ExperimentEnd.Completed, (await host.EndOfAsync(id)).End);
            List<string> cohorts = [];
            for (var round = 1; round <= 8; round++)
            {
                var opening = ObjectNames.Opening(new RoundKey(id, Stage.Pretrain, round));
                cohorts.Add(string.Join(",", (await host.Ledger.GetAsync<RoundOpening>(opening, TestContext.Current.CancellationToken)).Cohort.Select(client => client.Name)));
            }
            return cohorts;
        }

        var cohorts = await CohortsAsync(seed: 3);
        Assert.Equal(["client-1,client-2", "client-1,client-3", "client-2,client-3"], cohorts.Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(cohorts, await CohortsAsync(seed: 3));
        Assert.NotEqual(cohorts, await CohortsAsync(seed: 4));
    }

    internal static FakeTrainer[] Trainers(FolderObjectStore store) =>
        [new("a", store, "client-1"), new("b", store, "client-2"), new("c", store, "client-3")];

    /// <summary>Runs two rounds in which the clients answer in this order, and returns the hash of the final weights.</summary>
    internal static async Task<string> FinalWeightsAsync(string[] order)
    {
        using var store = new FolderObjectStore();
        var trainers = Trainers(store);
        using var gate = new SemaphoreSlim(1);
        Dictionary<int, List<TrainRound>> waiting = [];
        foreach (var trainer in trainers)
        {
            trainer.Instead = async command =>
            {
                if (command.Key.Round == 0)
                {
                    await trainer.AnswerAsync(command);
                    return;
                }
                await gate.WaitAsync();
                try
                {
                    if (!waiting.TryGetValue(command.Key.Round, out var asked)) waiting[command.Key.Round] = asked = [];
                    asked.Add(command);
                    if (asked.Count < trainers.Length) return;
                    foreach (var name in order)
                    {
                        var next = asked.Single(c => c.Client.Name == name);
                        await trainers.Single(t => t.Announcement.Clients[0].Id == next.Client).AnswerAsync(next);
                    }
                }
                finally
                {
                    gate.Release();
                }
            };
        }
        await using var host = await AggregatorHost.StartAsync(store, trainers);
        var id = await host.CreateAsync(TestSpecs.TwoRounds);
        Assert.Equal(ExperimentEnd.Completed, (await host.EndOfAsync(id)).End);
        return (await host.CommitOfAsync(id, Stage.Pretrain, 2)).Global.Sha256;
    }
}
