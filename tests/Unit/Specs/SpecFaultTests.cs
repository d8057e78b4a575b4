using AspireFed.Contracts.Specs;
using AspireFed.Specs;

namespace AspireFed.Tests.Unit.Specs;

public sealed class SpecFaultTests
{
    private const string Head = "name: demo\ndata: { set: phantom, partition: central }\n";

    /// <summary>Text below the head (its first line is line 3), then path, line and a part of the message.</summary>
    [Theory]
    [InlineData("finetune: { batchsize: 8 }", "finetune.batchsize", 3, "did you mean `batchSize`?")]
    [InlineData("finetune: { learning_rate: 1 }", "finetune.learning_rate", 3, "did you mean `learningRate`?")]
    [InlineData("finetune: { maskRatio: 0.5 }", "finetune.maskRatio", 3, "it belongs to pretrain.")]
    [InlineData("finetune:\nrounds: 5", "rounds", 4, "it belongs to tokenizer or pretrain or finetune.")]
    [InlineData("finetune:\nzebra: 5", "zebra", 4, "its keys are name, description, seed, data, model, init, federation, tokenizer, pretrain,")]
    [InlineData("finetune:\nseed: 1\nseed: 2", "seed", 5, "already on line 4")]
    [InlineData("finetune: { rounds: many }", "finetune.rounds", 3, "`many` is not a whole number.")]
    [InlineData("finetune: { rounds: 2.5 }", "finetune.rounds", 3, "`2.5` is not a whole number.")]
    [InlineData("finetune: { rounds: \"12\" }", "finetune.rounds", 3, "expected a whole number without quotes.")]
    [InlineData("finetune: { rounds: [1] }", "finetune.rounds", 3, "A list stands here; expected a whole number.")]
    [InlineData("finetune:\n  rounds:\n", "finetune.rounds", 4, "It has no value")]
    [InlineData("finetune: { rounds: -1 }", "finetune.rounds", 3, "-1 is out of range; allowed is 0 to 100000.")]
    [InlineData("finetune: { rounds: 99999999999 }", "finetune.rounds", 3, "out of range")]
    [InlineData("finetune: { learningRate: .nan }", "finetune.learningRate", 3, "is not a number.")]
    [InlineData("finetune:\nseed: 99999999999999999999", "seed", 4, "too many digits")]
    [InlineData("pretrain: { normPixLoss: yes }", "pretrain.normPixLoss", 3, "`yes` is not true or false.")]
    [InlineData("pretrain: { maskRatio: 1.5 }", "pretrain.maskRatio", 3, "1.5 is out of range; allowed is 0.05 to 0.95.")]
    [InlineData("finetune:\nmodel: { family: beitt }", "model.family", 4, "`beitt` is not one of `mae`, `beit`; did you mean `beit`?")]
    [InlineData("finetune:\nmodel: nano", "model", 4, "`nano` stands here; expected keys below it: family, size")]
    [InlineData("pretrain: { tokenizer: { kind: dalle } }", "pretrain.tokenizer.kind", 3, "`random-projection`")]
    [InlineData("pretrain: { tokenizer: { vocabulary: 1 } }", "pretrain.tokenizer.vocabulary", 3, "2 to 65536")]
    public void One_fault_is_told_with_its_path_and_line(string text, string path, int line, string message) =>
        AssertOnly(Head + text, path, line, message);

    [Theory]
    [InlineData("", "pretrain", 0, "no stage")]
    [InlineData("finetune: { rounds: 4, warmupRounds: 5 }", "finetune.warmupRounds", 3, "give 4 or less")]
    [InlineData("finetune: { batchSize: 15 }", "finetune.batchSize", 3, "odd")]
    [InlineData("pretrain: { beta2: 1 }", "pretrain.beta2", 3, "less than 1")]
    [InlineData("pretrain: { minLearningRate: 1 }", "pretrain.minLearningRate", 3, "above the peak learning rate of 0.000375")]
    [InlineData("finetune:\nfederation: { cohort: 2, quorum: 3 }", "federation.quorum", 4, "never")]
    [InlineData("finetune:\nmodel: { layerScale: 0.2 }", "model.layerScale", 4, "Only beit")]
    [InlineData("pretrain: { tokenizer: { vocabulary: 64 } }", "pretrain.tokenizer", 3, "Only beit")]
    [InlineData("pretrain: { normPixLoss: false }\nmodel: { family: beit }", "pretrain.normPixLoss", 3, "Only mae")]
    [InlineData("finetune: { rounds: 0 }", "finetune.rounds", 3, "0 rounds train nothing")]
    [InlineData("pretrain: { rounds: 0 }\ninit: a.pth", "pretrain.rounds", 3, "0 rounds train nothing")]
    [InlineData("finetune: { rounds: 0 }\ninit: a.pth\npretrain:", "finetune.rounds", 3, "only pre-trained")]
    [InlineData("tokenizer: { hiddenWidth: 40 }", "tokenizer.hiddenWidth", 3, "write 32")]
    [InlineData("tokenizer: { dropPath: 0.1 }", "tokenizer.dropPath", 3, "no paths")]
    [InlineData("tokenizer:\npretrain:", "tokenizer", 3, "Only beit")]
    [InlineData("tokenizer:\ninit: a.pth", "init", 4, "no stage trains one")]
    [InlineData("tokenizer:\npretrain:\nmodel: { family: beit }", "pretrain.tokenizer", 0, "kind: dvae")]
    [InlineData("pretrain: { tokenizer: { weights: a.pkl } }\nmodel: { family: beit }", "pretrain.tokenizer.weights", 3, "has no weights")]
    [InlineData("pretrain: { tokenizer: { kind: dall-e } }\nmodel: { family: beit }", "pretrain.tokenizer.weights", 0, "name their file.")]
    [InlineData("pretrain: { tokenizer: { kind: dvae } }\nmodel: { family: beit }", "pretrain.tokenizer.weights", 0, "stage `tokenizer:`")]
    [InlineData("tokenizer: { vocabulary: 512 }\npretrain: { tokenizer: { kind: dvae } }\nmodel: { family: beit }", "pretrain.tokenizer.vocabulary", 0, "write 512")]
    public void What_keys_must_fulfil_together_is_checked(string text, string path, int line, string message) =>
        AssertOnly(Head + text, path, line, message);

    [Theory]
    [InlineData("data: { set: ../secret, partition: central }", "data.set", 2, "not the name of a folder")]
    [InlineData("data: { set: Skin, partition: ../../etc }", "data.partition", 2, "5_clients/split_real")]
    [InlineData("data: { set: Skin, partition: central, clients: [a, b, a] }", "data.clients[2]", 2, "twice")]
    [InlineData("data: { set: Skin, partition: central, clients: [a, {}] }", "data.clients[1]", 2, "expected text")]
    [InlineData("data: { set: Skin, partition: central, clients: a }", "data.clients", 2, "expected a list")]
    [InlineData("data: { set: Skin, partition: central, resize: 32 }", "data.resize", 2, "less than the 64 px")]
    [InlineData("data: { set: Skin, partition: central, resize: 64 }\nmodel: { size: base }", "data.resize", 2, "less than the 224 px")]
    [InlineData("data: { set: Skin }", "data.partition", 0, "It is missing; how images are dealt")]
    [InlineData("data: { set: Skin, partition: central, clients: [a] }\nfederation: { quorum: 2 }", "federation.quorum", 3, "names 1")]
    [InlineData("data: Skin", "data", 2, "expected keys below it")]
    public void Faults_of_the_data_section_are_told(string text, string path, int line, string message) =>
        AssertOnly($"name: demo\n{text}\nfinetune:", path, line, message);

    [Theory]
    [InlineData("", "", 0, "empty")]
    [InlineData("# only a comment", "", 0, "empty")]
    [InlineData("hello", "", 1, "keys and values")]
    [InlineData("- a\n- b", "", 1, "keys and values")]
    [InlineData("name: demo\ndata: { set: [", "", 3, "This is not YAML")]
    [InlineData("name: demo\n\tdata: x", "", 2, "This is not YAML")]
    [InlineData("name: demo\n---\nname: two", "", 2, "second document")]
    [InlineData("name: &a demo\ndescription: *a", "", 2, "alias")]
    [InlineData("name: demo\n? [a]\n: b", "", 2, "plain word")]
    public void What_is_no_spec_at_all_is_one_fault(string text, string path, int line, string message) =>
        AssertOnly(text, path, line, message);

    [Fact]
    public void All_faults_come_at_once_in_the_order_of_the_text()
    {
        SpecReading reading = SpecReader.Read("""
            name: Demo!
            dta: {}
            model: { size: huge }
            finetune:
              rounds: 0
              mixup: -1
            """, ["seed=x"]);
        (string, int)[] expected =
        [
            ("name", 1), ("dta", 2), ("model.size", 3), ("finetune.rounds", 5), ("finetune.mixup", 6),
            ("seed", 0), ("data.set", 0), ("data.partition", 0),
        ];
        Assert.Equal(expected, reading.Faults.Select(fault => (fault.Path, fault.Line)));
        Assert.Null(reading.Spec);
    }

    [Fact]
    public void A_text_nested_without_end_is_refused() =>
        AssertOnly("name: " + new string('[', 10_000), "", 1, "This is not YAML");

    private static void AssertOnly(string yaml, string path, int line, string message)
    {
        SpecFault fault = Assert.Single(SpecReader.Read(yaml, []).Faults);
        Assert.Equal((path, line), (fault.Path, fault.Line));
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
    }
}
