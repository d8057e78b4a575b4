using System.Text.Json;
using AspireFed.Contracts;
using AspireFed.Contracts.Specs;
using AspireFed.Imaging.DataSets;
using AspireFed.Imaging.Pixels;
using AspireFed.Models;
using AspireFed.Training;
using AspireFed.Training.Batches;
using AspireFed.Training.Optimization;
using AspireFed.Training.Tasks;
using AspireFed.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace AspireFed.Tests.Unit.Training;

/// <summary>Whole federated runs of the reference, batch by batch, through the code that trains a client here.</summary>
public sealed class FederatedReplayTests : IDisposable
{
    private static readonly ModelShape Shape = new(32, 8, 24, 2, 2, 16, 1, 2);

    private readonly DisposeScope _scope = NewScope();
    private readonly DecodedImages _images = new();

    [Fact]
    public void Federated_pretraining_of_MAE_replays_the_reference()
    {
        using var recorded = RecordedCase.Open("fed-mae-pretrain");
        var args = recorded.Config.GetProperty("args");
        var spec = PretrainSpec.For(ModelFamily.Mae) with
        {
            Rounds = Int(args, "max_communication_rounds"),
            BatchSize = Int(args, "batch_size"),
            LearningRate = Real(args, "blr"),
            MinLearningRate = Real(args, "min_lr"),
            WarmupRounds = Real(args, "warmup_epochs"),
            MaskRatio = Real(args, "mask_ratio"),
            NormPixLoss = args.GetProperty("norm_pix_loss").GetBoolean(),
        };
        var task = () => new MaePretrainingTask(new Mae(Shape), spec, _images);
        Replay(recorded, spec, ModelFamily.Mae, "steps.json", "out.", task, (planned, prefix) =>
        {
            var batch = new MaeBatch(planned, 32, 16);
            Fill(batch, recorded.Values<float>($"{prefix}.images"));
            for (var i = 0; i < batch.Count; i++) recorded.Values<float>($"{prefix}.noise").AsSpan(i * 16, 16).CopyTo(batch.Noise(i));
            return batch;
        });
    }

    [Fact]
    public void Federated_pretraining_of_BEiT_replays_the_reference_with_the_schedule_it_meant()
    {
        using var recorded = RecordedCase.Open("fed-beit-pretrain");
        var args = recorded.Config.GetProperty("args");
        var spec = PretrainSpec.For(ModelFamily.Beit) with
        {
            Rounds = Int(args, "max_communication_rounds"),
            BatchSize = Int(args, "batch_size"),
            LearningRate = Real(args, "lr"),
            MinLearningRate = Real(args, "min_lr"),
            WarmupRounds = Real(args, "warmup_epochs"),
            ClipNorm = Real(args, "clip_grad"),
            DropPath = 0,
            Tokenizer = new TokenizerSpec { Vocabulary = Int(recorded.Config.GetProperty("model"), "vocab_size") },
        };
        Replay(
            recorded, spec, ModelFamily.Beit, "steps-intended.json", "out.intended.",
            () => new BeitPretrainingTask(new BeitPretraining(Shape, spec.Tokenizer.Vocabulary), spec, _images, new NoTokens()),
            (planned, prefix) =>
            {
                var batch = new BeitBatch(planned, 32, 16);
                Fill(batch, recorded.Values<float>($"{prefix}.images"));
                var masks = recorded.Values<bool>($"{prefix}.bool_masked_pos");
                for (var i = 0; i < batch.Count; i++) masks.AsSpan(i * 16, 16).CopyTo(batch.Mask(i));
                recorded.Values<long>($"{prefix}.token_ids").CopyTo(batch.Tokens);
                return batch;
            });
    }

    [Theory]
    [InlineData("fed-mae-finetune", ModelFamily.Mae)]
    [InlineData("fed-beit-finetune", ModelFamily.Beit)]
    public void Federated_fine_tuning_replays_the_reference(string name, ModelFamily family)
    {
        using var recorded = RecordedCase.Open(name);
        var args = recorded.Config.GetProperty("args");
        var spec = FinetuneSpec.For(family) with
        {
            Rounds = Int(args, "max_communication_rounds"),
            BatchSize = Int(args, "batch_size"),
            LearningRate = Real(args, family == ModelFamily.Mae ? "blr" : "lr"),
            MinLearningRate = Real(args, "min_lr"),
            WarmupRounds = Real(args, "warmup_epochs"),
            LayerDecay = Real(args, "layer_decay"),
            LabelSmoothing = Real(args, "smoothing"),
            DropPath = 0,
            Mixup = 0,
            Cutmix = 0,
        };
        var classes = Int(args, "nb_classes");
        Replay(
            recorded, spec, family, "steps.json", "out.",
            () => new FinetuningTask(
                family == ModelFamily.Mae ? new VisionTransformer(Shape, classes) : new BeitClassifier(Shape, classes), spec, _images),
            (planned, prefix) =>
            {
                var labels = recorded.Values<long>($"{prefix}.labels");
                var batch = new LabelledBatch(
                    planned with { Images = [.. labels.Select(label => new LabelledImage("", "", (int)label, ""))] }, 32);
                Fill(batch, recorded.Values<float>($"{prefix}.images"));
                return batch;
            });
    }

    public void Dispose() => _scope.Dispose();

    private static void Replay(
        RecordedCase recorded, LocalTrainingSpec spec, ModelFamily family, string stepsFile, string outputs, Func<LocalTask> task,
        Func<PlannedBatch, string, Batch> batchOf)
    {
        var stage = spec is FinetuneSpec ? Stage.Finetune : Stage.Pretrain;
        var clients = recorded.Config.GetProperty("client_order").EnumerateArray().Select(client => client.GetString()).ToList();
        var weights = recorded.Config.GetProperty("client_weights").EnumerateArray().Select(weight => weight.GetDouble()).ToList();
        var tolerances = recorded.Json("case.json").GetProperty("tolerances");
        var learners = clients.Select(_ => new Learner(task(), new ModelSpec { Family = family }, stage, spec, CPU)).ToList();
        var global = Initial(recorded.PathOf("initial.safetensors"), learners[0]);

        foreach (var round in recorded.Json(stepsFile).EnumerateArray().GroupBy(step => Int(step, "round")))
        {
            var average = global.ToDictionary(tensor => tensor.Key, tensor => zeros_like(tensor.Value, ScalarType.Float64));
            foreach (var steps in round.GroupBy(step => clients.IndexOf(step.GetProperty("client").GetString())))
            {
                var learner = learners[steps.Key];
                Copy(global, learner);
                var stepsPerEpoch = steps.Count();
                foreach (var step in steps)
                {
                    var index = Int(step, "step");
                    var rate = LearningRateSchedule.At(family, spec, round.Key + 1, 0, index, stepsPerEpoch);
                    var highest = step.GetProperty("lr").EnumerateArray().Max(value => value.GetDouble());
                    Assert.Equal(highest, rate, Math.Abs(highest) * Real(tolerances.GetProperty("lr"), "rtol"));

                    var prefix = $"in.r{round.Key}.c{steps.Key}.e0.s{index}";
                    var unlabelled = Enumerable.Repeat(new LabelledImage("", "", 0, ""), spec.BatchSize).ToList();
                    using var batch = batchOf(new PlannedBatch(0, index, unlabelled), prefix);
                    var loss = learner.Step(batch, rate);

                    var expected = Real(step, "loss");
                    var tolerance = tolerances.GetProperty("loss");
                    Assert.Equal(expected, loss, Real(tolerance, "atol") + (Math.Abs(expected) * Real(tolerance, "rtol")));
                }
                using var _ = no_grad();
                foreach (var (name, parameter) in learner.Task.Model.named_parameters())
                    average[name].add_(parameter.to(ScalarType.Float64), weights[steps.Key]);
            }
            global = average.ToDictionary(tensor => tensor.Key, tensor => tensor.Value.to(ScalarType.Float32));
            Compare(recorded, $"{outputs}r{round.Key}.average.", global, tolerances.GetProperty("average"));
        }
        learners.ForEach(learner => learner.Dispose());
    }

    private static void Compare(RecordedCase recorded, string prefix, Dictionary<string, Tensor> global, JsonElement tolerance)
    {
        var (relative, absolute) = (Real(tolerance, "rtol"), Real(tolerance, "atol"));
        foreach (var name in recorded.NamesUnder(prefix))
            RecordedCase.Close(recorded.Tensor(prefix + name), global[name], relative, absolute, prefix + name);
    }

    private static Dictionary<string, Tensor> Initial(string path, Learner learner)
    {
        using var file = SafetensorsFile.Open(path);
        var tensors = new Dictionary<string, Tensor>();
        foreach (var (name, parameter) in learner.Task.Model.named_parameters())
            tensors.Add(name, tensor(file.Read<float>(name), parameter.shape));
        return tensors;
    }

    private static void Copy(Dictionary<string, Tensor> from, Learner learner)
    {
        using var _ = no_grad();
        foreach (var (name, parameter) in learner.Task.Model.named_parameters()) parameter.copy_(from[name]);
    }

    private static void Fill(Batch batch, float[] pixels)
    {
        for (var i = 0; i < batch.Count; i++) pixels.AsSpan(i * batch.Pixels(i).Length, batch.Pixels(i).Length).CopyTo(batch.Pixels(i));
    }

    private static int Int(JsonElement of, string name) => of.GetProperty(name).GetInt32();

    private static double Real(JsonElement of, string name) => of.GetProperty(name).GetDouble();

    private static DisposeScope NewScope()
    {
        TorchNative.EnsureLoaded();
        return NewDisposeScope();
    }

    private sealed class NoTokens : IVisualTokens
    {
        public Task<int> ImageSizeAsync(TokenizerSpec tokenizer, long seed, int grid, CancellationToken cancel) =>
            throw new NotSupportedException();

        public IAsyncEnumerable<int[]> TokenizeAsync(
            TokenizerSpec tokenizer, long seed, int grid, IAsyncEnumerable<IReadOnlyList<RgbImage>> batches, CancellationToken cancel) =>
            throw new NotSupportedException();
    }
}
