using System.Runtime.CompilerServices;
using System.Threading.Channels;
using AspireFed.Contracts;
using AspireFed.Contracts.Specs;
using AspireFed.Imaging.Augmenting;
using AspireFed.Imaging.Masks;
using AspireFed.Imaging.Pixels;
using AspireFed.Models;
using AspireFed.Training.Batches;
using AspireFed.Training.Objectives;
using static TorchSharp.torch;

namespace AspireFed.Training.Tasks;

/// <summary>Fed-BEiT: predicts the visual tokens of the masked patches (Yan et al., section III-A).</summary>
public sealed class BeitPretrainingTask(BeitPretraining model, PretrainSpec spec, DecodedImages images, IVisualTokens tokens) : LocalTask
{
    private readonly ModelShape _shape = model.Shape;
    private readonly BlockwiseMask _mask = new(model.Shape.Grid, model.Shape.Grid, spec.MaskRatio);

    public override BeitPretraining Model { get; } = model;

    public override async IAsyncEnumerable<Batch> BatchesAsync(RoundPlan plan, [EnumeratorCancellation] CancellationToken cancel)
    {
        var tokenizer = new VisualTokenizer(spec.Tokenizer, plan.Spec.Seed, _shape.Grid, plan.TokenizerWeights);
        var format = await tokens.DescribeAsync(tokenizer, cancel);
        if (format.Vocabulary != spec.Tokenizer.Vocabulary)
        {
            throw new InputException($"The tokenizer has {format.Vocabulary} tokens, and pretrain.tokenizer.vocabulary is "
                + $"{spec.Tokenizer.Vocabulary}: write {format.Vocabulary} there.");
        }
        var augmentation = Augmentation.ForPretraining(spec.Augmentation, _shape.ImageSize, format.ImageSize);

        // How many batches wait here is decided by how far the tokenizer reads ahead; a bound of our own could stop it for ever.
        var waiting = Channel.CreateUnbounded<BeitBatch>();
        var pictures = PrepareAsync(plan, augmentation, waiting.Writer, cancel);
        await foreach (var answer in tokens.TokenizeAsync(tokenizer, pictures, cancel))
        {
            var batch = await waiting.Reader.ReadAsync(cancel);
            if (answer.Length != batch.Tokens.Length)
                throw new InvalidOperationException($"The tokenizer gave {answer.Length} tokens for {batch.Tokens.Length} patches.");
            for (var i = 0; i < answer.Length; i++) batch.Tokens[i] = answer[i];
            yield return batch;
        }
    }

    public override Tensor Loss(Batch batch, Device device, Generator generator)
    {
        var labelled = (BeitBatch)batch;
        var mask = labelled.MaskTensor(device);
        var logits = Model.Forward(batch.Images(device), mask, generator);
        return Losses.MaskedTokens(logits, labelled.TokenTensor(device), mask);
    }

    private async IAsyncEnumerable<IReadOnlyList<RgbImage>> PrepareAsync(
        RoundPlan plan, Augmentation augmentation, ChannelWriter<BeitBatch> waiting, [EnumeratorCancellation] CancellationToken cancel)
    {
        foreach (var planned in plan.Batches())
        {
            var batch = new BeitBatch(planned, _shape.ImageSize, _shape.Patches);
            var pictures = new RgbImage[planned.Images.Count];
            for (var i = 0; i < pictures.Length; i++)
            {
                cancel.ThrowIfCancellationRequested();
                var image = planned.Images[i];
                var (patches, forTokens) = augmentation.ApplyPair(
                    images.Get(image.Path, plan.Spec.Data.Resize), plan.Random(planned.Epoch, "augment", image.File));
                Normalize.Into(patches, plan.Spec.Data.Normalization, batch.Pixels(i));
                _mask.Draw(plan.Random(planned.Epoch, "mask", image.File), batch.Mask(i));
                pictures[i] = forTokens;
            }
            await waiting.WriteAsync(batch, cancel);
            yield return pictures;
        }
    }
}
