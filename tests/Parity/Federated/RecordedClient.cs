using System.Text.Json;
using AspireFed.Contracts.Specs;
using AspireFed.Training;
using AspireFed.Training.Batches;
using AspireFed.Training.Optimization;
using TorchSharp;
using static TorchSharp.torch;

namespace AspireFed.Tests.Parity.Federated;

/// <summary>A client of a recorded run: the learner that trains here, or its parts with the rates that the reference really used.</summary>
internal sealed class RecordedClient : IDisposable
{
    private readonly Learner _learner;
    private readonly AdamW? _asRecorded;
    private readonly double _clipNorm;
    private readonly Generator _unused = new();

    /// <param name="step">A step whose rates hold for all: those of each group are looked up by its weight decay.</param>
    public RecordedClient(RecordedRun run, JsonElement? step = null)
    {
        _learner = new Learner(run.CreateTask(), new ModelSpec { Family = run.Family }, run.Stage, run.Spec, CPU);
        _clipNorm = run.Spec.ClipNorm;
        Groups = ParameterGroups.Of(
            _learner.Task.Model.named_parameters().Select(named => (named.name, (Tensor)named.parameter)),
            run.Family, run.Stage, run.Spec.WeightDecay, run.LayerDecay);
        if (step is not { } recorded) return;
        var rates = Numbers(recorded, "wd").Zip(Numbers(recorded, "lr")).DistinctBy(group => group.First).ToDictionary();
        var groups = Groups.Select(group => group with { LearningRateScale = rates[group.WeightDecay] }).ToList();
        _asRecorded = new AdamW(groups, run.Spec.Beta1, run.Spec.Beta2);
    }

    public IReadOnlyList<ParameterGroup> Groups { get; }

    public Models.VisionModel Model => _learner.Task.Model;

    /// <summary>Norm of the gradient that the last step used.</summary>
    public double GradientNorm => _learner.Optimizer.ClipGradients(0);

    /// <returns>The loss before the step.</returns>
    public double Step(Batch batch, double rate)
    {
        if (_asRecorded is null) return _learner.Step(batch, rate);
        using var scope = NewDisposeScope();
        _asRecorded.ZeroGradients();
        var loss = _learner.Task.Loss(batch, CPU, _unused);
        loss.backward();
        if (_clipNorm > 0) _asRecorded.ClipGradients(_clipNorm);
        _asRecorded.Step(1);
        return loss.item<float>();
    }

    public static IEnumerable<double> Numbers(JsonElement step, string name) =>
        step.GetProperty(name).EnumerateArray().Select(value => value.GetDouble());

    public void Dispose()
    {
        _asRecorded?.Dispose();
        _unused.Dispose();
        _learner.Dispose();
    }
}
