using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
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

/// <summary>What holds clients of unlike data together.</summary>
public sealed class LocalObjectiveTests : IDisposable
{
    private readonly TinySet _set = new();
    private readonly string _work = Directory.CreateTempSubdirectory("objective-").FullName;

    [Fact]
    public void The_proximal_term_adds_mu_times_the_distance_from_the_round_s_start()
    {
        TorchNative.EnsureLoaded();
        using var scope = NewDisposeScope();
        var value = nn.Parameter(Of(1, 2));
        using var term = new ProximalTerm([value], 0.5);
        term.Start();
        using (no_grad()) value.add_(Of(4, -2));
        value.grad = Of(10, 10);

        term.AddToGradients();

        Assert.Equal([12f, 9f], value.grad!.data<float>().ToArray());
    }

    [Fact]
    public async Task A_client_under_FedProx_stays_nearer_to_the_global_weights()
    {
        var free = await DistanceAsync(0);
        var held = await DistanceAsync(100);

        Assert.True(held < 0.5 * free, $"The weights moved by {free} freely and by {held} under the term.");
    }

    [Fact]
    public void Shares_of_classes_count_each_class_once_more_than_it_is_there()
    {
        LabelledImage[] images = [Image(0), Image(0), Image(0), Image(2)];

        var shares = ClassShares.Logarithms(images, 3);

        float[] expected = [MathF.Log(4 / 7f), MathF.Log(1 / 7f), MathF.Log(2 / 7f)];
        Assert.Equal(expected, shares, (a, b) => MathF.Abs(a - b) < 1e-6);
    }

    [Fact]
    public async Task Logit_adjustment_adds_tau_times_the_logarithm_of_the_client_s_class_shares_in_training()
    {
        var labels = Path.Combine(_set.Root, "Tiny", "labels.csv");
        File.WriteAllLines(labels, [.. File.ReadLines(labels).Select((line, i) => i < 10 ? $"{line[..^1]}0" : line)]);
        var experiment = Experiment(spec => spec with { Finetune = spec.Finetune! with { LogitAdjustment = 2, LabelSmoothing = 0 } });
        var plan = new RoundPlan(experiment.Spec, new RoundKey("tiny-1", Stage.Finetune, 1), TinySet.One, new DataSetCatalog([_set.Root]).Open("Tiny"));
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        using var model = new VisionTransformer(ModelShape.For(ModelSize.Nano), 2);
        foreach (var parameter in model.parameters()) using (no_grad()) parameter.normal_(0, 0.1, generator);
        using var task = new FinetuningTask(model, experiment.Spec.Finetune!, new DecodedImages());
        using var batch = (LabelledBatch)await task.BatchesAsync(plan, TestContext.Current.CancellationToken).FirstAsync(TestContext.Current.CancellationToken);

        var loss = task.Loss(batch, CPU, generator).item<float>();

        // Twelve of fourteen are of class 0, each class counted once more.
        var shift = Of(2 * MathF.Log(13 / 16f), 2 * MathF.Log(3 / 16f));
        var expected = nn.functional.cross_entropy(model.Forward(batch.Images(CPU)) + shift, batch.LabelTensor(CPU)).item<float>();
        var unadjusted = nn.functional.cross_entropy(model.Forward(batch.Images(CPU)), batch.LabelTensor(CPU)).item<float>();
        Assert.Equal(expected, loss, 1e-5);
        Assert.NotEqual(unadjusted, loss, 1e-3);
    }

    public void Dispose()
    {
        _set.Dispose();
        Directory.Delete(_work, recursive: true);
    }

    private static Tensor Of(params float[] values) => tensor(values);

    private static LabelledImage Image(int label) => new("x", "x", label, "");

    private async Task<double> DistanceAsync(double mu)
    {
        var name = $"mu-{mu}";
        await TrainAsync(spec => spec with { Federation = spec.Federation with { Proximal = mu }, Finetune = spec.Finetune! with { LocalEpochs = 3 } }, name);
        using var start = SafetensorsFile.Open(At($"{name}.start"));
        using var end = SafetensorsFile.Open(At($"{name}.weights"));
        return Math.Sqrt(start.Header.Tensors.Sum(entry => start.Read<float>(entry.Name).Zip(end.Read<float>(entry.Name), (a, b) => (double)(a - b) * (a - b)).Sum()));
    }

    private async Task TrainAsync(Func<ExperimentSpec, ExperimentSpec> change, string name)
    {
        var experiment = Experiment(change);
        InitialWeights.Write(experiment, Stage.Finetune, 2, null, At($"{name}.start"));
        using var trainer = new LocalTrainer(_set.Catalog, new StubTokens());
        var round = new LocalRound(
            experiment, new RoundKey(experiment.Id, Stage.Finetune, 1), TinySet.One, At($"{name}.start"), null, At($"{name}.weights"), At($"{name}.state"));
        await trainer.TrainAsync(round, new Progress<LocalProgress>(), TestContext.Current.CancellationToken);
    }

    private static ExperimentRecord Experiment(Func<ExperimentSpec, ExperimentSpec> change) => TinySet.Experiment(ModelFamily.Mae, spec => change(spec with
    {
        Finetune = spec.Finetune! with { Mixup = 0, Cutmix = 0, WarmupRounds = 0, DropPath = 0, LearningRate = 0.03, LayerDecay = 1 },
    }));

    private string At(string name) => Path.Combine(_work, name);
}
