using System.Net;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using AspireFed.Aggregator.Audits;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Views;
using AspireFed.Ledger;
using AspireFed.Tests.Harness.Doubles;

namespace AspireFed.Tests.Harness.Aggregator;

public sealed class AuditTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("keep: { updates: true }", 6, 0)]
    [InlineData("keep: { last: 1, best: false }", 2, 0)]
    [InlineData("federation: { quorum: 2 }", 6, 2)]
    public async Task An_experiment_that_nobody_has_touched_holds(string more, int models, int leftOut)
    {
        using var store = new FolderObjectStore();
        var trainers = RoundTests.Trainers(store);
        // Where two updates suffice the third client fails in the first round of each stage.
        trainers[2].Instead = command => leftOut > 0 && command.Key.Round == 1 ? trainers[2].FailAsync(command, "no") : trainers[2].AnswerAsync(command);
        await using var host = await AggregatorHost.StartAsync(store, trainers);
        var id = await host.CreateAsync(TestSpecs.TwoStages.With(more));
        Assert.Equal(ExperimentEnd.Completed, (await host.EndOfAsync(id)).End);
        await store.UntilAsync(names => names.Count(name => name.EndsWith("/global.safetensors", StringComparison.Ordinal)) == models);

        var audit = await AuditAsync(host, id);
        Assert.Empty(audit.SelectMany(round => round.Faults));
        Assert.Equal([null], audit.Select(round => round.Key).Skip(6));
        Assert.Equal(models, audit.Count(round => round.Kept));
        Assert.Equal(leftOut, audit.Sum(round => round.LeftOut));
        var last = await host.CommitOfAsync(id, Stage.Finetune, 2);
        Assert.Equal((last.Global.Sha256, last.Decision.Counted.Count), (audit[5].Weights, audit[5].Counted));
        Assert.Equal(last.Previous, audit[4].Commit);
    }

    [Fact]
    public async Task An_experiment_that_goes_on_is_audited_as_far_as_it_is()
    {
        using var store = new FolderObjectStore();
        var trainers = RoundTests.Trainers(store);
        trainers[1].Instead = command => command.Key.Round == 2 ? Task.CompletedTask : trainers[1].AnswerAsync(command);
        await using var host = await AggregatorHost.StartAsync(store, trainers);
        var id = await host.CreateAsync(TestSpecs.TwoRounds);
        await host.View.AwaitAsync(id, e => e.Kind == ExperimentEventKind.RoundCommitted, count: 2);
        var audit = await AuditAsync(host, id);
        Assert.Equal([0, 1], audit.SkipLast(1).Select(round => round.Key!.Round));
        Assert.Empty(audit.SelectMany(round => round.Faults));
    }

    [Theory]
    [InlineData("pretrain/rounds/00001/commit.json", "\"samples\": 40", "\"samples\": 41")]
    [InlineData("pretrain/rounds/00001/commit.json", "{", "[")]
    [InlineData("finetune/rounds/00002/commit.json", "\"previous\": \"", "\"previous\": \"0")]
    [InlineData("pretrain/rounds/00002/decision-0000000001.json", "\"samples\": 40", "\"samples\": 41")]
    [InlineData("pretrain/rounds/00002/decision-0000000001.json", "}", ",")]
    [InlineData("pretrain/rounds/00002/opening.json", "global.safetensors\",\n    \"sha256\": \"", "global.safetensors\",\n    \"sha256\": \"0")]
    [InlineData("finetune/rounds/00000/opening.json", "pretrain/rounds/00002", "pretrain/rounds/00001")]
    [InlineData("finetune/rounds/00002/metrics.json", "\"top1\": 0.8", "\"top1\": 0.9")]
    [InlineData("finetune/rounds/00001/metrics.json", "{", "")]
    [InlineData("finetune/rounds/00001/timing.json", "{", "")]
    [InlineData("report/results.json", "\"round\": 1", "\"round\": 7")]
    [InlineData("report/results.json", "\"finalWeightsSha256\": \"", "\"finalWeightsSha256\": \"0")]
    [InlineData("outcome.json", "{", "")]
    [InlineData("experiment.json", "{", "")]
    public async Task A_document_that_was_altered_is_named(string file, string was, string becomes)
    {
        using var store = new FolderObjectStore();
        await using var host = await AggregatorHost.StartAsync(store, RoundTests.Trainers(store));
        var (id, name) = await RunAsync(host, store, file);
        var text = Encoding.UTF8.GetString((await store.GetAsync(name, Cancel))!).ReplaceLineEndings("\n");
        Assert.Contains(was, text, StringComparison.Ordinal);
        var at = text.IndexOf(was, StringComparison.Ordinal);
        await store.PutAsync(name, Encoding.UTF8.GetBytes(text[..at] + becomes + text[(at + was.Length)..]), Cancel);

        var audit = await AuditAsync(host, id);
        Assert.Contains(audit.SelectMany(round => round.Faults), fault => fault.Contains(name, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("pretrain/rounds/00001/global.safetensors")]
    [InlineData("finetune/rounds/00002/global.safetensors")]
    [InlineData("finetune/rounds/00002/updates/client-2/")]
    public async Task Weights_that_were_altered_or_are_missing_are_named_with_their_round_and_nothing_else(string file)
    {
        using var store = new FolderObjectStore();
        await using var host = await AggregatorHost.StartAsync(store, RoundTests.Trainers(store));
        var (id, name) = await RunAsync(host, store, file);
        var bytes = (await store.GetAsync(name, Cancel))!;
        bytes[^1] ^= 1;
        await store.PutAsync(name, bytes, Cancel);
        await HoldAsync("was altered");
        await store.DeleteAsync(name, Cancel);
        await HoldAsync("is missing, although the spec keeps");

        async Task HoldAsync(string what)
        {
            var round = Assert.Single(await AuditAsync(host, id), round => round.Faults.Count > 0);
            Assert.StartsWith($"{name} {what}", Assert.Single(round.Faults), StringComparison.Ordinal);
            Assert.Contains($"{round.Key!.Stage.ToName()}/rounds/{round.Key.Round:D5}/", name, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("pretrain/rounds/00000/commit.json")]
    [InlineData("pretrain/rounds/00001/commit.json")]
    [InlineData("pretrain/rounds/00002/commit.json")]
    [InlineData("finetune/rounds/00002/commit.json")]
    [InlineData("finetune/rounds/00001/decision-0000000001.json")]
    [InlineData("finetune/rounds/00001/opening.json")]
    [InlineData("finetune/rounds/00001/metrics.json")]
    [InlineData("report/results.json")]
    public async Task A_document_that_was_taken_out_is_named(string file)
    {
        using var store = new FolderObjectStore();
        await using var host = await AggregatorHost.StartAsync(store, RoundTests.Trainers(store));
        var (id, name) = await RunAsync(host, store, file);
        await store.DeleteAsync(name, Cancel);
        Assert.Contains($"{name} is missing.", (await AuditAsync(host, id)).SelectMany(round => round.Faults));
    }

    [Fact]
    public async Task A_round_that_was_taken_out_whole_and_the_ones_behind_it_moved_up_break_the_chain()
    {
        using var store = new FolderObjectStore();
        await using var host = await AggregatorHost.StartAsync(store, RoundTests.Trainers(store));
        var (id, commit) = await RunAsync(host, store, "pretrain/rounds/00002/commit.json");
        var earlier = commit.Replace("00002", "00001", StringComparison.Ordinal);
        var moved = Encoding.UTF8.GetString((await store.GetAsync(commit, Cancel))!)
            .Replace("\"round\": 2", "\"round\": 1", StringComparison.Ordinal).Replace("/00002/", "/00001/", StringComparison.Ordinal);
        await store.PutAsync(earlier, Encoding.UTF8.GetBytes(moved), Cancel);
        var faults = (await AuditAsync(host, id)).SelectMany(round => round.Faults).ToList();
        Assert.Contains(faults, fault => fault.Contains($"rounds/00000/commit.json is not the commit that {earlier} was written after", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.Contains($"{earlier} is not the commit that {commit} was written after", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("pretrain/rounds/00001/commit.json")]
    [InlineData("finetune/rounds/00002/commit.json")]
    [InlineData("finetune/rounds/00002/decision-0000000001.json")]
    public async Task Any_flipped_byte_of_a_commit_or_decision_is_found(string file)
    {
        using var store = new FolderObjectStore();
        await using var host = await AggregatorHost.StartAsync(store, RoundTests.Trainers(store));
        var (id, name) = await RunAsync(host, store, file);
        var bytes = (await store.GetAsync(name, Cancel))!;
        var audit = new ExperimentAudit(host.Ledger);
        for (var at = 0; at < bytes.Length; at += 13)
        {
            bytes[at] ^= 1;
            await store.PutAsync(name, bytes, Cancel);
            var faults = (await audit.RunAsync(id, Cancel).ToListAsync(Cancel)).SelectMany(round => round.Faults);
            Assert.True(faults.Any(fault => fault.Contains(name, StringComparison.Ordinal)), $"Byte {at}: {Encoding.UTF8.GetString(bytes[Math.Max(0, at - 40)..Math.Min(bytes.Length, at + 20)])}");
            bytes[at] ^= 1;
        }
    }

    [Fact]
    public async Task An_unknown_experiment_is_a_problem_with_a_sentence()
    {
        using var store = new FolderObjectStore();
        await using var host = await AggregatorHost.StartAsync(store, []);
        using var response = await host.Http.GetAsync("/experiments/nothing/audit", Cancel);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    /// <summary>Runs an experiment that keeps everything, and finds one of its objects.</summary>
    private static async Task<(string Id, string Name)> RunAsync(AggregatorHost host, FolderObjectStore store, string file)
    {
        var id = await host.CreateAsync(TestSpecs.TwoStages.With("keep: { updates: true }"));
        Assert.Equal(ExperimentEnd.Completed, (await host.EndOfAsync(id)).End);
        return (id, store.Names.Last(name => name.StartsWith($"{ObjectNames.ExperimentPrefix(id)}{file}", StringComparison.Ordinal)));
    }

    private static async Task<List<AuditedRound>> AuditAsync(AggregatorHost host, string id)
    {
        List<AuditedRound> audit = [];
        await using var stream = await host.Http.GetStreamAsync($"/experiments/{id}/audit", Cancel);
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(Cancel))
            audit.Add(JsonSerializer.Deserialize<AuditedRound>(item.Data, ContractJson.Options)!);
        Assert.Null(audit[^1].Key);
        return audit;
    }
}
