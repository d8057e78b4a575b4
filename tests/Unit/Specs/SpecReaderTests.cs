using AspireFed.Contracts.Specs;
using AspireFed.Specs;

namespace AspireFed.Tests.Unit.Specs;

public sealed class SpecReaderTests
{
    private const string Smallest = """
        name: demo
        data: { set: phantom, partition: central }
        finetune:
        """;

    [Fact]
    public void The_smallest_spec_has_every_default_filled_in()
    {
        ExperimentSpec spec = Valid(Smallest);
        Assert.Equal("demo", spec.Name);
        Assert.Equal("phantom", spec.Data.Set);
        Assert.Null(spec.Pretrain);
        Assert.Equal(FinetuneSpec.For(ModelFamily.Mae), spec.Finetune);
    }

    [Fact]
    public void A_stage_starts_from_the_defaults_of_the_family_wherever_the_model_stands()
    {
        ExperimentSpec spec = Valid("""
            pretrain: { rounds: 7, warmupRounds: 1 }
            finetune: {}
            model: { family: beit }
            name: demo
            data: { set: Skin, partition: 4_clients/split_real }
            """);
        Assert.Equal(PretrainSpec.For(ModelFamily.Beit) with { Rounds = 7, WarmupRounds = 1 }, spec.Pretrain);
        Assert.Equal(FinetuneSpec.For(ModelFamily.Beit), spec.Finetune);
    }

    [Fact]
    public void Every_kind_of_value_is_read()
    {
        ExperimentSpec spec = Valid("""
            name: all-kinds
            description: "9 in quotes is text"
            seed: -9000000000
            data: { set: Skin, partition: 4_clients/split_real, clients: [rosendahl, vidir_modern], resize: 64, normalization: retina }
            model: { precision: bf16 }
            pretrain: { augmentation: covid-fl, normPixLoss: false, learningRate: 1.5e-3 }
            """);
        Assert.Equal("9 in quotes is text", spec.Description);
        Assert.Equal(-9_000_000_000, spec.Seed);
        Assert.Equal(["rosendahl", "vidir_modern"], spec.Data.Clients);
        Assert.Equal(Normalization.Retina, spec.Data.Normalization);
        Assert.Equal(Precision.Bf16, spec.Model.Precision);
        Assert.Equal(AugmentationPreset.CovidFl, spec.Pretrain!.Augmentation);
        Assert.False(spec.Pretrain.NormPixLoss);
        Assert.Equal(1.5e-3, spec.Pretrain.LearningRate);
    }

    [Fact]
    public void An_accepted_spec_written_as_json_reads_as_itself()
    {
        ExperimentSpec spec = Valid(Smallest, "model.family=beit", "pretrain.maskRatio=0.3", "data.clients=[a, b]");
        string json = System.Text.Json.JsonSerializer.Serialize(spec, AspireFed.Contracts.ContractJson.Options);
        ExperimentSpec again = Valid(json);
        Assert.Equal(json, System.Text.Json.JsonSerializer.Serialize(again, AspireFed.Contracts.ContractJson.Options));
    }

    [Fact]
    public void Overrides_reach_keys_sections_and_lists_that_the_text_lacks()
    {
        ExperimentSpec spec = Valid(
            Smallest, "pretrain.rounds=50", "pretrain.rounds=60", "pretrain.tokenizer=", "data.clients=[x, y]", "description=");
        Assert.Equal(60, spec.Pretrain!.Rounds);
        Assert.Equal(["x", "y"], spec.Data.Clients);
    }

    [Fact]
    public void A_stage_is_removed_by_null_and_asked_for_by_nothing()
    {
        Assert.Null(Valid(Smallest + "\npretrain:", "pretrain=null").Pretrain);
        Assert.Equal(PretrainSpec.For(ModelFamily.Mae), Valid(Smallest, "pretrain=").Pretrain);
    }

    [Fact]
    public void A_fault_in_an_override_has_its_path_and_no_line()
    {
        SpecReading reading = SpecReader.Read(Smallest, ["finetune.round=2", "finetune.batchSize=x", "rounds", "=3", "data.set=[a"]);
        Assert.Null(reading.Spec);
        Assert.All(reading.Faults, fault => Assert.Equal(0, fault.Line));
        Assert.Equal(["rounds", "=3", "data.set", "finetune.round", "finetune.batchSize"], reading.Faults.Select(fault => fault.Path));
    }

    [Fact]
    public void Lines_of_keys_and_list_items_are_known()
    {
        SpecReading reading = SpecReader.Read("""
            name: demo
            data:
              set: phantom
              partition: central
              clients:
                - one
                - two
            finetune:
            """, ["finetune.rounds=9"]);
        Assert.Equal(2, reading.LineOf("data"));
        Assert.Equal(4, reading.LineOf("data.partition"));
        Assert.Equal(7, reading.LineOf("data.clients[1]"));
        Assert.Equal(0, reading.LineOf("finetune.rounds"));
        Assert.Equal(0, reading.LineOf("data.nothing"));
    }

    [Fact]
    public void The_draft_keeps_what_is_right_beside_the_faults()
    {
        SpecReading reading = SpecReader.Read("name: demo\ndata: { set: Skin, partition: nonsense, resize: big }\nfinetune:", []);
        Assert.Equal("Skin", reading.Draft!.Data.Set);
        Assert.Equal(0, reading.Draft.Data.Resize);
        Assert.Equal(2, reading.Faults.Count);
    }

    private static ExperimentSpec Valid(string yaml, params string[] sets)
    {
        SpecReading reading = SpecReader.Read(yaml, sets);
        Assert.Empty(reading.Faults);
        return reading.Spec!;
    }
}
