using System.Globalization;

namespace AspireFed.Tests.Chaos.Plan;

/// <summary>Experiments on the four clients of a chaos world that train in seconds.</summary>
internal static class ChaosSpecs
{
    /// <summary>MAE pre-training and fine-tuning.</summary>
    public static string Mae(int rounds) => Of("mae", rounds, rounds);

    /// <summary>BEiT pre-training, which asks the Tokenizer, and fine-tuning.</summary>
    public static string Beit(int pretrain, int finetune) => Of("beit", pretrain, finetune);

    private static string Of(string family, int pretrain, int finetune) => string.Create(CultureInfo.InvariantCulture, $$"""
        name: chaos
        seed: 11
        data:
          set: mini
          partition: 2_clients/split
        model:
          family: {{family}}
          size: nano
          threads: 1
        pretrain:
          rounds: {{pretrain}}
          batchSize: 8
          warmupRounds: 1
        finetune:
          rounds: {{finetune}}
          batchSize: 8
          warmupRounds: 1
        evaluate:
          every: 3
        """);
}
