using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Specs;

namespace AspireFed.Tests.Harness.Doubles;

/// <summary>An experiment on <see cref="MiniDataSet"/> that trains in a second.</summary>
internal static class TinyExperiment
{
    public const string Id = "tiny-0001";

    public static ExperimentRecord Create(params string[] clients) => new(
        Id,
        new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero),
        new ExperimentSpec
        {
            Name = "tiny",
            Seed = 5,
            Data = new DataSpec { Set = MiniDataSet.Name, Partition = MiniDataSet.Partition },
            Model = new ModelSpec { Family = ModelFamily.Mae, Size = ModelSize.Nano },
            Pretrain = PretrainSpec.For(ModelFamily.Mae) with { Rounds = 2, BatchSize = 2, WarmupRounds = 1 },
            Finetune = FinetuneSpec.For(ModelFamily.Mae) with { Rounds = 2, BatchSize = 2, WarmupRounds = 1 },
        },
        [.. clients.Select(MiniDataSet.Client)]);

    public static RoundKey Pretraining(int round) => new(Id, Stage.Pretrain, round);

    public static RoundKey Finetuning(int round) => new(Id, Stage.Finetune, round);
}
