using AspireFed.Models;
using AspireFed.Tests.Parity.Federated;
using AspireFed.Training.Batches;
using AspireFed.Training.Tasks;
using static TorchSharp.torch;

namespace AspireFed.Tests.Integration.Replay;

/// <summary>The system's own task on the recorded batches: what a client would read from its images stands in the recording.</summary>
internal sealed class RecordedTask(RecordedRun run) : LocalTask
{
    private readonly LocalTask _task = run.CreateTask();

    public override VisionModel Model => _task.Model;

    /// <summary>As many batches as the plan has, for the plan's client and round; recorded rounds count from 0.</summary>
    public override IAsyncEnumerable<Batch> BatchesAsync(RoundPlan plan, CancellationToken cancel)
    {
        var client = run.Clients.Select(recorded => Path.GetFileNameWithoutExtension(recorded.List)).ToList().IndexOf(plan.Client);
        var steps =
            from epoch in Enumerable.Range(0, plan.Training.LocalEpochs)
            from step in Enumerable.Range(0, plan.StepsPerEpoch)
            select run.CreateBatch(plan.Round - 1, client, epoch, step);
        return steps.Skip(plan.StepsDone).ToAsyncEnumerable();
    }

    public override Tensor Loss(Batch batch, Device device, Generator generator) => _task.Loss(batch, device, generator);
}
