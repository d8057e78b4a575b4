using System.Text.Json;
using AspireFed.Contracts;
using AspireFed.Contracts.Specs;
using AspireFed.Models;
using AspireFed.Training.Optimization;
using TorchSharp;

namespace AspireFed.Tests.Unit.Training;

public sealed class ParameterGroupsTests
{
    private static readonly ModelShape Small = new(32, 8, 24, 2, 2, 16, 1, 2);

    [Theory]
    [InlineData("beit_pretrain", ModelFamily.Beit, Stage.Pretrain, 1)]
    [InlineData("beit_finetune", ModelFamily.Beit, Stage.Finetune, 0.65)]
    [InlineData("beit_finetune_no_layer_decay", ModelFamily.Beit, Stage.Finetune, 1)]
    [InlineData("mae_pretrain", ModelFamily.Mae, Stage.Pretrain, 1)]
    [InlineData("mae_finetune_pool", ModelFamily.Mae, Stage.Finetune, 0.65)]
    public void Parameters_are_grouped_as_in_the_reference(string name, ModelFamily family, Stage stage, double layerDecay)
    {
        using var recorded = RecordedCase.Open("optimiser-and-schedules");
        var all = recorded.Json("param-groups.json").GetProperty("groups_in_optimizer_order");
        var expected = all.GetProperty(name).EnumerateArray()
            .Select(group => (
                Decay: group.GetProperty("weight_decay").GetDouble(),
                Scale: group.GetProperty("lr_scale").ValueKind == JsonValueKind.Null ? 1 : group.GetProperty("lr_scale").GetDouble(),
                Names: InOrder(group.GetProperty("names").EnumerateArray().Select(n => n.GetString()!))))
            .OrderBy(group => group.Names, StringComparer.Ordinal).ToList();
        using torch.nn.Module model = (family, stage) switch
        {
            (ModelFamily.Mae, Stage.Pretrain) => new Mae(Small),
            (ModelFamily.Mae, _) => new VisionTransformer(Small, 2),
            (_, Stage.Pretrain) => new BeitPretraining(Small, 16),
            _ => new BeitClassifier(Small, 2),
        };

        var parameters = model.named_parameters().Select(parameter => (parameter.name, (torch.Tensor)parameter.parameter));
        var groups = ParameterGroups.Of(parameters, family, stage, 0.05, layerDecay)
            .Select(group => (
                Decay: group.WeightDecay, Scale: group.LearningRateScale,
                Names: InOrder(group.Parameters.Select(parameter => parameter.Name))))
            .OrderBy(group => group.Names, StringComparer.Ordinal).ToList();

        Assert.Equal(expected.Select(group => group.Names), groups.Select(group => group.Names));
        Assert.Equal(expected.Select(group => group.Decay), groups.Select(group => group.Decay));
        Assert.All(expected.Zip(groups), pair => Assert.Equal(pair.First.Scale, pair.Second.Scale, 1e-12));
    }

    private static string InOrder(IEnumerable<string> names) => string.Join(' ', names.Order(StringComparer.Ordinal));
}
