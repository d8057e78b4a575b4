using System.Text.Json;
using AspireFed.Models;
using AspireFed.Tests.Parity.Recordings;
using TorchSharp;
using static TorchSharp.torch;

namespace AspireFed.Tests.Parity.Kinds;

/// <summary>How the parameters of freshly made models of real size are distributed; the reference's are one draw, as ours are.</summary>
internal sealed class InitialisationKind() : CaseKind("initialisation")
{
    private const string File = "statistics.json";
    private const double Constant = 1e-7;

    public override bool Fits(Recording recording) => recording.HasFile(File);

    public override void Check(Recording recording)
    {
        foreach (var statistics in recording.Json(File).EnumerateObject())
        {
            using var scope = NewDisposeScope();
            var counts = statistics.Value.EnumerateObject()
                .ToDictionary(parameter => parameter.Name, parameter => parameter.Value.GetProperty("n").GetInt64());
            using var model = ModelByTensors.Create(counts);
            using var generator = new Generator(7);
            Initialize(model, generator);
            recording.Verdict.SameAll(
                $"{statistics.Name}: names", counts.Keys.Order(StringComparer.Ordinal),
                model.named_parameters().Select(named => named.name).Order(StringComparer.Ordinal));
            foreach (var (name, parameter) in model.named_parameters())
                Hold(recording.Verdict, $"{statistics.Name}: {name}", statistics.Value.GetProperty(name), parameter);
        }
    }

    private static void Hold(Verdict verdict, string name, JsonElement expected, Tensor parameter)
    {
        using var scope = NewDisposeScope();
        double Of(string key) => expected.GetProperty(key).GetDouble();
        var values = parameter.detach().to(ScalarType.Float64);
        var (count, deviation) = (Of("n"), Of("std"));
        verdict.Same($"{name}: number", count, values.numel());
        if (deviation < Constant)
        {
            verdict.Hold($"{name}: least", Of("min"), values.min().item<double>(), new(0, Constant));
            verdict.Hold($"{name}: most", Of("max"), values.max().item<double>(), new(0, Constant));
            return;
        }
        // 3 % at large numbers, as the case says; at small ones those of the reference are as much chance as ours.
        verdict.Hold($"{name}: deviation", deviation, values.std().item<double>(), new(Math.Max(0.03, 6 / Math.Sqrt(count)), 0));
        verdict.Hold($"{name}: mean", Of("mean"), values.mean().item<double>(), new(0, deviation * 8 / Math.Sqrt(count)));
        var largest = Math.Max(-Of("min"), Of("max"));
        if (!(values.abs().max().item<double>() <= 1.25 * largest)) verdict.Differ($"{name} goes beyond {largest}");
    }

    private static void Initialize(nn.Module model, Generator generator)
    {
        switch (model)
        {
            case VisionModel vision: vision.Initialize(generator); break;
            case DalleEncoder encoder: encoder.Initialize(generator); break;
            case DalleDecoder decoder: decoder.Initialize(generator); break;
            default: throw new NotSupportedException($"A {model.GetName()} has no start values.");
        }
    }
}
