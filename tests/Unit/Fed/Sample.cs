using System.Text.Json;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Messages;
using AspireFed.Contracts.Specs;
using AspireFed.Contracts.Views;

namespace AspireFed.Tests.Unit.Fed;

/// <summary>What an Aggregator could say about an experiment.</summary>
internal static class Sample
{
    public static readonly DateTimeOffset Noon = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);

    private static readonly JsonSerializerOptions OneLine = new(ContractJson.Options) { WriteIndented = false };

    public static ExperimentSpec Spec(string name) => new()
    {
        Name = name,
        Data = new() { Set = "phantom", Partition = "5_clients/split_real" },
        Pretrain = PretrainSpec.For(ModelFamily.Mae) with { Rounds = 3 },
        Finetune = FinetuneSpec.For(ModelFamily.Mae) with { Rounds = 2, LabelFraction = 0.1 },
    };

    public static ExperimentSummary Summary(string id, ExperimentState state, string reason = "", int minute = 0) => new(
        id, id.Split('-')[0], "", state, Noon.AddMinutes(minute), null, Stage.Pretrain, 2, 3, 0.25, null, null, reason);

    public static ExperimentView View(string id, ExperimentState state, string reason = "") => new(
        Summary(id, state, reason), Spec(id.Split('-')[0]),
        [
            new(Client("alder"), "trainer-a", TrainingPhase.Training, 3, 7, 0.31, 123, false, "", Noon),
            new(Client("birch"), "", null, 0, 0, null, 0, false, "", null),
        ],
        [Round(0, 0), Round(1, 0.5), Round(2, 0.25)], [Metrics(id, 2)]);

    public static ExperimentResults Results(string id, bool pretrained = true)
    {
        var spec = Spec(id.Split('-')[0]);
        return new(
            id, pretrained ? spec : spec with { Pretrain = null }, pretrained ? [1.5, 0.5, 0.25] : [], [0.6, 0.4],
            [Metrics(id, 1), Metrics(id, 2)], "ab", 125, 25_000, 1_000_000);
    }

    public static string EventJson(ExperimentEventKind kind, string text) =>
        JsonSerializer.Serialize(new ExperimentEvent(Noon, kind, text, Summary("demo-1", ExperimentState.Running)), OneLine);

    private static ClientId Client(string name) => new("phantom", "5_clients/split_real", name);

    private static RoundMetrics Metrics(string id, int round) => new(
        new RoundKey(id, Stage.Finetune, round), ["healthy", "lesion"], Of(round * 0.4),
        new Dictionary<string, ClassificationMetrics> { ["alder"] = Of(round * 0.45) });

    private static ClassificationMetrics Of(double top1) => new(100, top1, top1 - 0.1, 0.5, [[40, 10], [10, 40]]);

    private static RoundView Round(int round, double loss)
    {
        RoundKey key = new("demo-1", Stage.Pretrain, round);
        ObjectRef weights = new("w", "ab", 12_000_000);
        RoundDecision decision = new(key, [new(Client("alder"), weights, 240, loss)], [new(Client("birch"), "was late")]);
        return new(new RoundCommit(decision, weights, loss), new RoundTiming(12, 9, 1, 0.5, 1.5, 800, 24_000_000, Noon));
    }
}
