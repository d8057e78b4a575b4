using System.Text.Json;
using AspireFed.Models;
using AspireFed.Tests.Parity.Recordings;
using TorchSharp;
using static TorchSharp.torch;

namespace AspireFed.Tests.Parity.Kinds;

/// <summary>Name, shape and order of every tensor of whole models.</summary>
internal static class ModelShapes
{
    public static Verdict Check(string path)
    {
        var description = JsonDocument.Parse(File.ReadAllBytes(path)).RootElement;
        Assert.True(
            description.TryGetProperty("models", out var models), $"The recording {path} is of an unknown kind: it lists no models.");
        var verdict = new Verdict(description);
        foreach (var model in models.EnumerateObject()) Check(model, verdict);
        return verdict;
    }

    private static void Check(JsonProperty recorded, Verdict verdict)
    {
        using var scope = NewDisposeScope();
        var expected = recorded.Value;
        var tensors = expected.GetProperty("parameters").EnumerateArray().Concat(expected.GetProperty("buffers").EnumerateArray())
            .ToDictionary(tensor => tensor.GetProperty("name").GetString()!, tensor => tensor.GetProperty("shape").Deserialize<long[]>()!);
        using var model = ModelByTensors.Create(
            tensors.ToDictionary(tensor => tensor.Key, tensor => tensor.Value.Aggregate(1L, (a, b) => a * b)));

        verdict.SameAll(
            $"{recorded.Name}: order of the tensors", expected.GetProperty("state_dict_order").Deserialize<string[]>()!,
            StateTensors.Of(model).Keys);
        verdict.SameAll(
            $"{recorded.Name}: parameters", expected.GetProperty("parameters").EnumerateArray().Select(Describe),
            model.named_parameters().Select(named => Describe(named.name, named.parameter.shape, named.parameter.requires_grad)));
        verdict.SameAll(
            $"{recorded.Name}: buffers",
            expected.GetProperty("buffers").EnumerateArray().Select(buffer => Describe(
                buffer.GetProperty("name").GetString()!, buffer.GetProperty("shape").Deserialize<long[]>()!, true)
                + " " + buffer.GetProperty("dtype").GetString()),
            model.named_buffers().Select(named => Describe(named.name, named.buffer.shape, true)
                + " " + named.buffer.dtype.ToString().ToLowerInvariant()));
        verdict.Same(
            $"{recorded.Name}: number of parameters", expected.GetProperty("total_parameters").GetInt64(),
            model.parameters().Sum(parameter => parameter.numel()));
        verdict.Same(
            $"{recorded.Name}: number of trained parameters", expected.GetProperty("trainable_parameters").GetInt64(),
            model.parameters().Where(parameter => parameter.requires_grad).Sum(parameter => parameter.numel()));
    }

    private static string Describe(JsonElement parameter) => Describe(
        parameter.GetProperty("name").GetString()!, parameter.GetProperty("shape").Deserialize<long[]>()!,
        parameter.GetProperty("requires_grad").GetBoolean());

    private static string Describe(string name, long[] shape, bool trained) =>
        $"{name} [{string.Join(", ", shape)}]{(trained ? "" : " fixed")}";
}
