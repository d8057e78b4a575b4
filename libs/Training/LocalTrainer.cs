using AspireFed.Contracts;
using AspireFed.Contracts.Randomness;
using AspireFed.Contracts.Specs;
using AspireFed.Imaging.DataSets;
using AspireFed.Imaging.Pixels;
using AspireFed.Models;
using AspireFed.Training.Batches;
using AspireFed.Training.Optimization;
using AspireFed.Training.Resuming;
using AspireFed.Training.Tasks;
using static TorchSharp.torch;

namespace AspireFed.Training;

/// <summary>
/// Trains one client for one round (Yan et al., algorithm 1): reads the global weights, trains `localEpochs` epochs, writes the update and
/// the optimiser state. Equal inputs give equal bytes, also where the round goes on from a save. Keeps model and decoded images between calls; holds nothing else. Not for concurrent
/// use: one trainer, one device.
/// </summary>
/// <param name="device">See <see cref="ComputeDevice.Choose"/>.</param>
/// <param name="work">What the stages are about; the spec says it where this is left out.</param>
public sealed class LocalTrainer(
    DataSetCatalog data, IVisualTokens tokens, TimeProvider? time = null, string? device = null, IStageWork? work = null) : IDisposable
{
    private const int BatchesAhead = 2;
    private static readonly TimeSpan ReportEvery = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly IStageWork _work = work ?? new StageWork();
    private readonly Device _device = ComputeDevice.Choose(device);
    private readonly DecodedImages _images = new();
    private readonly WorkThread _thread = new("local training");
    private (ModelSpec Model, LocalTrainingSpec Training, int Classes, double Proximal, Learner Learner)? _bench;

    /// <exception cref="InputException">The client's images or the weights are at fault; no update has been written.</exception>
    public Task<LocalResult> TrainAsync(LocalRound round, IProgress<LocalProgress> progress, CancellationToken cancel) =>
        _thread.RunAsync(() => Train(round, progress, cancel), cancel);

    public void Dispose()
    {
        _thread.Dispose();
        _bench?.Learner.Dispose();
    }

    private LocalResult Train(LocalRound round, IProgress<LocalProgress> progress, CancellationToken cancel)
    {
        var spec = round.Experiment.Spec;
        ComputeThreads.Use(spec.Model.Threads);
        var plan = new RoundPlan(spec, round.Key, round.Client, data.Open(round.Client.Set)) { TokenizerWeights = round.TokenizerWeights };
        var learner = Bench(spec.Model, plan, round.Key.Stage, spec.Federation.Proximal);
        var resumption = new Resumption(round.Saves, learner, _time);
        var done = resumption.Begin(plan.Steps, () => Begin(learner, round, plan));

        var report = new ProgressReport(done, plan.Steps, progress, _time, ReportEvery);
        foreach (var batch in learner.Task.BatchesAsync(plan.After(done.Steps), cancel).Ahead(BatchesAhead, cancel).ToBlockingEnumerable(cancel))
        {
            using (batch)
            {
                var rate = LearningRateSchedule.At(
                    spec.Model.Family, plan.Training, round.Key.Round, batch.Epoch, batch.Step, plan.StepsPerEpoch);
                var loss = learner.Step(batch, rate);
                if (!double.IsFinite(loss)) throw Diverged(round, batch, plan);
                report.Add(loss, batch.Count);
                resumption.Offer(report.Sums, plan.Steps);
            }
            cancel.ThrowIfCancellationRequested();
        }
        if (report.Sums.Steps != plan.Steps)
            throw new InvalidOperationException($"Client {round.Client} got {report.Sums.Steps} of {plan.Steps} batches in round {round.Key}.");

        round.Write(round.UpdatedWeights, path => ModelFile.Save(learner.Task.Model, path, WeightsMetadata.Of(round.Key)));
        round.Write(round.OptimizerStateOut, path => OptimizerFile.Save(learner.Optimizer, path));
        return new LocalResult(plan.Images.Count, report.Sums.Images, report.Sums.MeanLoss);
    }

    private static void Begin(Learner learner, LocalRound round, RoundPlan plan)
    {
        ModelFile.Load(learner.Task.Model, round.GlobalWeights);
        learner.Optimizer.Reset();
        if (round.OptimizerStateIn is { } state && plan.Spec.Federation.Optimizer == OptimizerState.Keep)
            OptimizerFile.Load(learner.Optimizer, state);
        learner.StartRound();
        learner.Seed(plan.Random(0, "drop-path").NextSeed());
    }

    /// <summary>The model and its optimiser; those of the last call where they fit, since all of their content is set anew.</summary>
    private Learner Bench(ModelSpec model, RoundPlan plan, Stage stage, double proximal)
    {
        if (_bench is { } bench && (bench.Model, bench.Training, bench.Classes, bench.Proximal) == (model, plan.Training, plan.Classes, proximal))
            return bench.Learner;
        _bench?.Learner.Dispose();
        _bench = null;
        var task = _work.CreateTask(model, plan.Training, plan.Classes, _images, tokens);
        var learner = new Learner(task, model, stage, plan.Training, _device, proximal);
        _bench = (model, plan.Training, plan.Classes, proximal, learner);
        return learner;
    }

    private static InputException Diverged(LocalRound round, Batch batch, RoundPlan plan) => new(
        $"The loss of client {round.Client} is no number any more in round {round.Key.Round} of {round.Key.Stage.ToName()}, "
        + $"step {(batch.Epoch * plan.StepsPerEpoch) + batch.Step + 1} of {plan.Steps}: lower {round.Key.Stage.ToName()}.learningRate "
        + $"({FormattableString.Invariant($"{plan.Training.LearningRate}")}), warm up longer or set {round.Key.Stage.ToName()}.clipNorm.");
}
