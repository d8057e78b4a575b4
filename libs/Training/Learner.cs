using AspireFed.Contracts;
using AspireFed.Contracts.Specs;
using AspireFed.Models;
using AspireFed.Training.Batches;
using AspireFed.Training.Optimization;
using AspireFed.Training.Tasks;
using TorchSharp;
using static TorchSharp.torch;

namespace AspireFed.Training;

/// <summary>A task's model with its optimiser: makes one step after another and keeps no other state but its random numbers.</summary>
public sealed class Learner : IDisposable
{
    private readonly LocalTask _task;
    private readonly Precision _precision;
    private readonly Device _device;
    private readonly double _clipNorm;
    private readonly Generator _dropPath = new();

    private readonly ProximalTerm? _proximal;

    /// <param name="proximal">Mu of FedProx; 0 leaves its term out.</param>
    public Learner(LocalTask task, ModelSpec model, Stage stage, LocalTrainingSpec training, Device device, double proximal = 0)
    {
        (_task, _precision, _device, _clipNorm) = (task, model.Precision, device, training.ClipNorm);
        task.Model.to(device);
        task.Model.train();
        var layerDecay = training is FinetuneSpec finetune ? finetune.LayerDecay : 1;
        Optimizer = new AdamW(
            ParameterGroups.Of(
                task.Model.named_parameters().Select(parameter => (parameter.name, (Tensor)parameter.parameter)),
                model.Family, stage, training.WeightDecay, layerDecay),
            training.Beta1, training.Beta2);
        if (proximal > 0) _proximal = new ProximalTerm(task.Model.parameters().Where(parameter => parameter.requires_grad), proximal);
    }

    public LocalTask Task => _task;

    public AdamW Optimizer { get; }

    /// <summary>Takes the model's weights as they are now for the global ones of the round.</summary>
    public void StartRound() => _proximal?.Start();

    /// <summary>Where the random numbers of drop path and noise are.</summary>
    public Tensor RandomState
    {
        get => _dropPath.get_state();
        set => _dropPath.set_state(value);
    }

    /// <summary>Starts the random numbers of drop path and noise anew.</summary>
    public void Seed(long seed) => _dropPath.manual_seed(seed);

    /// <summary>Computes the loss of a batch and moves the weights against its gradient.</summary>
    /// <returns>The loss before the step; where it is no number, the weights have not been moved.</returns>
    public double Step(Batch batch, double learningRate)
    {
        using var scope = NewDisposeScope();
        Optimizer.ZeroGradients();
        Tensor loss;
        using (MatrixPrecision.Use(_precision, _device)) loss = _task.Loss(batch, _device, _dropPath);
        var value = loss.ToNumber();
        if (!double.IsFinite(value)) return value;
        loss.backward();
        _proximal?.AddToGradients();
        if (_clipNorm > 0) Optimizer.ClipGradients(_clipNorm);
        Optimizer.Step(learningRate);
        return value;
    }

    public void Dispose()
    {
        Optimizer.Dispose();
        _proximal?.Dispose();
        _dropPath.Dispose();
        _task.Dispose();
    }
}
