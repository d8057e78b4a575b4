using System.Text.Json;
using AspireFed.Contracts;
using AspireFed.Contracts.Specs;
using AspireFed.Imaging.DataSets;
using AspireFed.Imaging.Pixels;
using AspireFed.Models;
using AspireFed.Tests.Parity.Recordings;
using AspireFed.Training.Batches;
using AspireFed.Training.Tasks;

namespace AspireFed.Tests.Parity.Federated;

/// <summary>A federated run of the reference in this code's terms: its spec, its clients, its task and its batches.</summary>
internal sealed class RecordedRun
{
    private readonly Recording _recording;
    private readonly JsonElement _model;
    private readonly ModelShape _shape;
    private readonly DecodedImages _images = new();

    public RecordedRun(Recording recording)
    {
        _recording = recording;
        _model = recording.Config.GetProperty("model");
        _shape = RecordedModels.Shape(_model);
        Family = RecordedModels.IsBeit(_model) ? ModelFamily.Beit : ModelFamily.Mae;
        Stage = _model.TryGetProperty("num_classes", out _) ? Stage.Finetune : Stage.Pretrain;
        Spec = Stage == Stage.Finetune ? Finetuning() : Pretraining();
        Clients = [.. recording.Config.GetProperty("client_order").Deserialize<string[]>()!.Zip(
            recording.Config.GetProperty("client_sizes").Deserialize<int[]>()!)];
        HasIntended = recording.HasFile("steps-intended.json");
    }

    /// <summary>Whether a recording holds such a run.</summary>
    public static bool IsIn(Recording recording) =>
        recording.HasFile("steps.json") && recording.Config.TryGetProperty("client_order", out _);

    public ModelFamily Family { get; }

    public Stage Stage { get; }

    public LocalTrainingSpec Spec { get; }

    /// <summary>The clients' lists of images and how many they name, in the order by which the recording numbers them.</summary>
    public IReadOnlyList<(string List, int Images)> Clients { get; }

    /// <summary>
    /// Whether what the reference meant is recorded beside what it did: in pre-training its schedule is indexed by the number of the
    /// parameter group. What it meant is what this code does.
    /// </summary>
    public bool HasIntended { get; }

    /// <summary>The file of the steps that this code is to reproduce.</summary>
    public string StepsFile => HasIntended ? "steps-intended.json" : "steps.json";

    /// <summary>What the names of the weights begin with that this code is to reproduce.</summary>
    public string Outputs => HasIntended ? "out.intended." : "out.";

    public int Classes => _model.GetProperty("num_classes").GetInt32();

    public double LayerDecay => Spec is FinetuneSpec finetune ? finetune.LayerDecay : 1;

    public LocalTask CreateTask() => (Spec, Family) switch
    {
        (PretrainSpec spec, ModelFamily.Mae) => new MaePretrainingTask(new Mae(_shape), spec, _images),
        (PretrainSpec spec, _) => new BeitPretrainingTask(
            new BeitPretraining(_shape, spec.Tokenizer.Vocabulary, RecordedModels.Beit(_model)), spec, _images, new NoTokens()),
        (FinetuneSpec spec, ModelFamily.Beit) => new FinetuningTask(
            new BeitClassifier(_shape, Classes, RecordedModels.Beit(_model)), spec, _images),
        (FinetuneSpec spec, _) => new FinetuningTask(new VisionTransformer(_shape, Classes, pooling: Pooling), spec, _images),
        _ => throw new NotSupportedException($"There is no task for {Spec}."),
    };

    /// <summary>The batch of one step of a client, with everything that chance decided in the reference.</summary>
    /// <param name="round">As the recording counts them, from 0.</param>
    /// <param name="client">Its place in <see cref="Clients"/>.</param>
    public Batch CreateBatch(int round, int client, int epoch, int step)
    {
        var prefix = $"in.r{round}.c{client}.e{epoch}.s{step}";
        var count = (int)_recording.Shape($"{prefix}.images")[0];
        var labels = Stage == Stage.Finetune ? _recording.Values<long>($"{prefix}.labels") : new long[count];
        var planned = new PlannedBatch(epoch, step, [.. labels.Select(label => new LabelledImage("", "", (int)label, ""))]);
        Batch batch = (Stage, Family) switch
        {
            (Stage.Finetune, _) => new LabelledBatch(planned, _shape.ImageSize),
            (_, ModelFamily.Mae) => WithNoise(new MaeBatch(planned, _shape.ImageSize, _shape.Patches), $"{prefix}.noise"),
            _ => WithTokens(new BeitBatch(planned, _shape.ImageSize, _shape.Patches), prefix),
        };
        Spread(_recording.Values<float>($"{prefix}.images"), batch.Pixels, count);
        return batch;
    }

    private Pooling Pooling => RecordedModels.Flag(_model, "global_pool", true) ? Pooling.Mean : Pooling.ClassToken;

    // A spec with what the family has no use for would be refused.
    private LocalTrainingSpec Pretraining() => Common(Family == ModelFamily.Mae
        ? PretrainSpec.For(Family) with
        {
            MaskRatio = Number("mask_ratio"),
            NormPixLoss = RecordedModels.Flag(Args, "norm_pix_loss", false),
        }
        : PretrainSpec.For(Family) with
        {
            MaskRatio = Number("mask_ratio"),
            Tokenizer = new TokenizerSpec { Vocabulary = _model.GetProperty("vocab_size").GetInt32() },
        });

    private LocalTrainingSpec Finetuning() => Common(FinetuneSpec.For(Family) with
    {
        LayerDecay = Number("layer_decay"),
        LabelSmoothing = Number("smoothing"),
        Mixup = Number("mixup"),
        Cutmix = Number("cutmix"),
    });

    private LocalTrainingSpec Common(LocalTrainingSpec spec) => spec with
    {
        Rounds = (int)Number("max_communication_rounds"),
        LocalEpochs = (int)Number("E_epoch"),
        BatchSize = (int)Number("batch_size"),
        LearningRate = Args.TryGetProperty("blr", out var rate) ? rate.GetDouble() : Number("lr"),
        LearningRateScaling = Args.TryGetProperty("blr", out _) ? LearningRateScaling.Batch : LearningRateScaling.None,
        MinLearningRate = Number("min_lr"),
        WarmupRounds = Number("warmup_epochs"),
        WeightDecay = Number("weight_decay"),
        ClipNorm = Number("clip_grad"),
        DropPath = RecordedModels.Number(_model, "drop_path_rate", 0),
    };

    private JsonElement Args => _recording.Config.GetProperty("args");

    /// <summary>0 where the reference has none.</summary>
    private double Number(string name) => RecordedModels.Number(Args, name, 0);

    private MaeBatch WithNoise(MaeBatch batch, string name)
    {
        Spread(_recording.Values<float>(name), batch.Noise, batch.Count);
        return batch;
    }

    private BeitBatch WithTokens(BeitBatch batch, string prefix)
    {
        Spread(_recording.Values<bool>($"{prefix}.bool_masked_pos"), batch.Mask, batch.Count);
        _recording.Values<long>($"{prefix}.token_ids").CopyTo(batch.Tokens);
        return batch;
    }

    private delegate Span<T> Place<T>(int image);

    private static void Spread<T>(T[] values, Place<T> place, int count)
    {
        var each = values.Length / count;
        for (var i = 0; i < count; i++) values.AsSpan(i * each, each).CopyTo(place(i));
    }
}
