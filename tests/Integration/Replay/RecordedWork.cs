using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Specs;
using AspireFed.Imaging.Pixels;
using AspireFed.Tests.Parity.Federated;
using AspireFed.Tests.Parity.Recordings;
using AspireFed.Training;
using AspireFed.Training.Tasks;

namespace AspireFed.Tests.Integration.Replay;

/// <summary>The recorded initial weights, and the recorded batches for a model of the recorded shape. For one trainer.</summary>
internal sealed class RecordedWork(Recording recording) : IStageWork
{
    private readonly RecordedRun _run = new(recording);

    public TransferReport? WriteInitialWeights(ExperimentRecord experiment, Stage stage, int classes, string? start, string path)
    {
        File.WriteAllBytes(path, File.ReadAllBytes(recording.Weights("initial.safetensors")));
        return null;
    }

    public LocalTask CreateTask(ModelSpec model, LocalTrainingSpec training, int classes, DecodedImages images, IVisualTokens tokens)
    {
        // The recorded settings have come here through the API, the ledger and the messages.
        if (training != _run.Spec) throw new InvalidOperationException($"{training} is to be trained and not {_run.Spec}.");
        return new RecordedTask(_run);
    }
}
