using System.Net;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
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

    /// <summary>What somebody alters in several documents at once, so that each agrees with the others, and the sentence that gives it away.</summary>
    private static readonly Dictionary<string, (string[] Files, Action<JsonNode> Alter, string Sentence)> s_alterations = new()
    {
        ["the round that a commit speaks of"] = (["pretrain/rounds/00001/commit.json", "pretrain/rounds/00001/decision-0000000001.json"],
            document => Decision(document)["key"]!["round"] = 7, "commit.json was altered: it speaks of"),
        ["a commit's loss"] = (["pretrain/rounds/00001/commit.json"],
            commit => commit["loss"] = 0.25, "commit.json was altered: its loss is not the mean of the clients' losses."),
        ["a commit's parts"] = (["pretrain/rounds/00001/commit.json"],
            commit => commit["decision"]!["counted"] = null, "commit.json lacks a part: it was altered."),
        ["a link of the chain"] = (["pretrain/rounds/00002/commit.json"],
            commit => commit["previous"] = null, "commit.json was altered: it no longer names the commit before it."),
        ["the beginning of the chain"] = (["pretrain/rounds/00000/commit.json"],
            commit => commit["previous"] = new string('0', 64), "commit.json was altered: it is the first and names a commit before it."),
        ["the update that made the initial weights"] = (["pretrain/rounds/00000/commit.json", "pretrain/rounds/00000/decision-0000000001.json"],
            document => Decision(document)["counted"]![0]!["weights"]!["sha256"] = new string('0', 64), "its model is not the one update that counts."),
        ["the round that an opening speaks of"] = (["pretrain/rounds/00001/opening.json"],
            opening => opening["key"]!["round"] = 7, "opening.json was altered: it speaks of"),
        ["a manifest"] = (["pretrain/rounds/00001/updates/client-2/*.json"],
            manifest => manifest["samples"] = 99, ".json is not what was committed: it was altered."),
        ["the round that metrics speak of"] = (["finetune/rounds/00002/metrics.json"],
            metrics => metrics["key"]!["round"] = 7, "metrics.json was altered: it speaks of"),
    };

    public static TheoryData<string> Alterations => [.. s_alterations.Keys];

    [Theory]
    [MemberData(nameof(Alterations))]
    public async Task What_was_altered_in_all_places_that_repeat_it_is_told(string what)
    {
        var (files, alter, sentence) = s_alterations[what];
        using var store = new FolderObjectStore();
        await using var host = await AggregatorHost.StartAsync(store, RoundTests.Trainers(store));
        var (id, _) = await RunAsync(host, store, "experiment.json");
        foreach (var file in files)
        {
            var parts = file.Split('*');
            var name = store.Names.Single(name => name.StartsWith($"{ObjectNames.ExperimentPrefix(id)}{parts[0]}", StringComparison.Ordinal)
                && name.EndsWith(parts[^1], StringComparison.Ordinal));
            var document = JsonNode.Parse(await store.GetAsync(name, Cancel))!;
            alter(document);
            await store.PutAsync(name, JsonSerializer.SerializeToUtf8Bytes(document, ContractJson.Options), Cancel);
        }
        Assert.Contains((await AuditAsync(host, id)).SelectMany(round => round.Faults), fault => fault.Contains(sentence, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("finetune", 2, true)]
    [InlineData("pretrain", 2, false)]
    public async Task A_last_round_that_was_taken_out_with_all_its_objects_is_missed(string stage, int round, bool ended)
    {
        using var store = new FolderObjectStore();
        var trainers = RoundTests.Trainers(store);
        if (!ended) trainers[1].Instead = command => command.Key is { Stage: Stage.Finetune, Round: 1 } ? Task.CompletedTask : trainers[1].AnswerAsync(command);
        await using var host = await AggregatorHost.StartAsync(store, trainers);
        var id = await host.CreateAsync(TestSpecs.TwoStages);
        if (ended) await host.EndOfAsync(id);
        else await host.View.AwaitAsync(id, e => e.Kind == ExperimentEventKind.RoundCommitted, count: 4);
        var folder = $"{ObjectNames.ExperimentPrefix(id)}{stage}/rounds/{round:D5}/";
        foreach (var name in store.Names.Where(name => name.StartsWith(folder, StringComparison.Ordinal))) await store.DeleteAsync(name, Cancel);
        Assert.Contains($"{folder}commit.json is missing.", (await AuditAsync(host, id)).SelectMany(audited => audited.Faults));
    }

    [Fact]
    public async Task A_model_that_is_dropped_while_the_audit_is_at_work_is_no_fault()
    {
        using var store = new FolderObjectStore();
        var trainers = RoundTests.Trainers(store);
        var asked = DeadlineTests.Silence(trainers[1], 2);
        await using var host = await AggregatorHost.StartAsync(store, trainers);
        var id = await host.CreateAsync(TestSpecs.TwoRounds.With("keep: { last: 1, best: false }"));
        var last = await asked;
        await host.View.AwaitAsync(id, e => e.Kind == ExperimentEventKind.UpdateCounted, count: 6); // 1 of round 0, 3 of round 1, 2 of round 2
        await using var audit = new ExperimentAudit(host.Ledger).RunAsync(id, Cancel).GetAsyncEnumerator(Cancel);
        Assert.True(await audit.MoveNextAsync());

        var dropped = ObjectNames.GlobalWeights(new RoundKey(id, Stage.Pretrain, 1));
        store.Fault = (call, name) => call == "put" && name == ObjectNames.Outcome(id) ? new ObjectStoreException("Later.", new IOException()) : null;
        await trainers[1].AnswerAsync(last);
        await store.UntilAsync(names => !names.Contains(dropped));
        Assert.True(await audit.MoveNextAsync());
        Assert.Equal((1, false), (audit.Current.Key!.Round, audit.Current.Kept));
        Assert.Empty(audit.Current.Faults);
        store.Fault = (_, _) => null;
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

    /// <summary>The decision in a commit, or the one that a document is.</summary>
    private static JsonNode Decision(JsonNode document) => document["decision"] ?? document;

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
