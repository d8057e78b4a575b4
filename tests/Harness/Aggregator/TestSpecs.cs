namespace AspireFed.Tests.Harness.Aggregator;

internal static class TestSpecs
{
    public const string TwoRounds = """
        name: tiny
        seed: 3
        data:
          set: tiny
          partition: 3_clients/split_1
        model:
          family: mae
        pretrain:
          rounds: 2
          warmupRounds: 1
          batchSize: 8
        """;

    public const string TwoStages = TwoRounds + "\n" + """
        finetune:
          rounds: 2
          warmupRounds: 1
          batchSize: 8
        """;

    public static string With(this string yaml, string more) => yaml + "\n" + more + "\n";
}
