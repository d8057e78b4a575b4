using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Models.Layers;
using AspireFed.Weights;
using static TorchSharp.torch;

namespace AspireFed.Models.Transfer;

/// <summary>Takes the weights of an earlier model over into a new one: all that both have in common.</summary>
public static class ModelTransfer
{
    private const double HeadDeviation = 2e-5;
    private const string Table = "relative_position_bias_table", Index = "relative_position_index";

    /// <summary>
    /// Starts a training from earlier weights. Position embeddings and tables are brought to the model's grid, and a table that all blocks
    /// shared goes to each of them.
    /// </summary>
    /// <param name="model">Initialised; what the file does not hold keeps its start values. A classifier's head is drawn anew.</param>
    /// <param name="path">A file of any format that <see cref="CheckpointFile"/> reads, with the weights of a MAE, BEiT or ViT.</param>
    /// <param name="generator">Draws the head's weight.</param>
    /// <exception cref="InputException">The file is of another family or another size of model; the model is unchanged.</exception>
    public static TransferReport Start(VisionModel model, string path, Generator generator)
    {
        var report = Take(model, path, whole: false);
        if (model is ImageClassifier classifier) Draw.Normal(classifier.HeadWeight, HeadDeviation, generator);
        return report;
    }

    /// <summary>Takes a model as it is, to be used without further training.</summary>
    /// <exception cref="InputException">The file lacks a part of the model, such as a pre-trained one the head; the model is unchanged.</exception>
    public static TransferReport Whole(VisionModel model, string path) => Take(model, path, whole: true);

    /// <summary>Fills any module from a file that has all of its tensors in its shapes.</summary>
    /// <exception cref="InputException">A tensor is missing or has another shape.</exception>
    public static void Exact(nn.Module module, string path)
    {
        try
        {
            var tensors = StateTensors.Of(module);
            using var weights = SourceWeights.Open(path, tensors.Keys);
            using var _ = no_grad();
            foreach (var (name, tensor) in tensors)
            {
                using var scope = NewDisposeScope();
                var source = weights.Find(name) is { } found && found.Shape.SequenceEqual(tensor.shape) ? found
                    : throw new InputException($"The weights {path} do not fit a {module.GetName()}: "
                        + (weights.Find(name) is { } other ? $"their {name} is {other.Describe()} and not {StateTensors.Describe(tensor)}." : $"they lack {name}."));
                tensor.copy_(source.Read());
            }
        }
        catch (Exception fault) when (fault is WeightsException or IOException or UnauthorizedAccessException)
        {
            throw new InputException(fault.Message, fault);
        }
    }

    private static TransferReport Take(VisionModel model, string path, bool whole)
    {
        try
        {
            var tensors = StateTensors.Of(model);
            using var weights = SourceWeights.Open(path, tensors.Keys);
            var sources = Sources(model, weights, tensors, whole);
            Check(model, weights, tensors, sources, whole);

            using (no_grad())
            {
                foreach (var (name, source) in sources)
                {
                    using var scope = NewDisposeScope();
                    tensors[name].copy_(Fit(source.Read(), name, model.Shape.Grid));
                }
            }
            var used = sources.Values.Select(source => source.Name).ToHashSet(StringComparer.Ordinal);
            return new TransferReport(
                [.. tensors.Keys.Where(sources.ContainsKey)],
                [.. weights.Tensors.Select(source => source.Name).Where(name => !used.Contains(name))],
                [.. tensors.Keys.Where(name => !sources.ContainsKey(name))]);
        }
        catch (Exception fault) when (fault is WeightsException or IOException or UnauthorizedAccessException)
        {
            throw new InputException(fault.Message, fault);
        }
    }

    /// <summary>For each tensor of the model that can be filled, where from.</summary>
    private static Dictionary<string, SourceTensor> Sources(
        VisionModel model, SourceWeights weights, OrderedDictionary<string, Tensor> tensors, bool whole)
    {
        Dictionary<string, SourceTensor> sources = new(StringComparer.Ordinal);
        foreach (var (name, tensor) in tensors)
        {
            if (name.EndsWith(Index, StringComparison.Ordinal) || (!whole && IsHead(name))) continue;
            var shared = name.EndsWith(Table, StringComparison.Ordinal) ? weights.Find($"rel_pos_bias.{Table}") : null;
            if ((weights.Find(name) ?? shared) is not { } source) continue;
            var fits = model is Mae ? source.Shape.SequenceEqual(tensor.shape) : Fits(source, tensor, name);
            if (whole || !MayBeNew(model, name) || fits) sources.Add(name, source);
        }
        return sources;
    }

    private static void Check(
        VisionModel model, SourceWeights weights, OrderedDictionary<string, Tensor> tensors, Dictionary<string, SourceTensor> sources, bool whole)
    {
        if (whole && model is ImageClassifier && weights.Find("head.weight") is null)
        {
            throw new InputException(
                $"The weights {weights.Path} have no head for classes: they are of a model that was only pre-trained, and to evaluate it as a "
                + "classifier would measure random numbers. Fine-tune it first: give finetune.rounds 1 or more.");
        }
        foreach (var (name, tensor) in tensors)
        {
            if (!sources.TryGetValue(name, out var source))
            {
                if (name.EndsWith(Index, StringComparison.Ordinal) || (!whole && MayBeNew(model, name))) continue;
                throw Misfit($"it lacks {name}");
            }
            if (!Fits(source, tensor, name)) throw Misfit($"its {source.Name} is {source.Describe()} and not {StateTensors.Describe(tensor)}");
        }
        if (weights.Tensors.FirstOrDefault(source => IsOfBlock(source.Name) && !tensors.ContainsKey(source.Name)) is { } extra)
            throw Misfit($"its {extra.Name} has no place");

        InputException Misfit(string what) => new(
            $"The weights {weights.Path} do not fit a {model.GetName()} of width {model.Shape.Width} and depth {model.Shape.Depth}: {what}.");
    }

    /// <summary>What earlier models need not have, or may have for other classes, tokens or pixels.</summary>
    private static bool MayBeNew(VisionModel model, string name) => model switch
    {
        ImageClassifier => IsHead(name) || name.StartsWith("fc_norm.", StringComparison.Ordinal),
        BeitPretraining => name is "mask_token" || name.StartsWith("lm_head.", StringComparison.Ordinal)
            || name.StartsWith("norm.", StringComparison.Ordinal) || name.StartsWith("rel_pos_bias.", StringComparison.Ordinal),
        // MAE's positions are fixed numbers, those of its own grid.
        Mae => name is "mask_token" or "pos_embed" || name.StartsWith("decoder_", StringComparison.Ordinal),
        _ => false,
    };

    private static bool IsHead(string name) => name.StartsWith("head.", StringComparison.Ordinal);

    private static bool IsOfBlock(string name) =>
        name.StartsWith("blocks.", StringComparison.Ordinal)
        && !name.EndsWith(Index, StringComparison.Ordinal) && !name.EndsWith(Table, StringComparison.Ordinal);

    private static bool Fits(SourceTensor source, Tensor tensor, string name) =>
        source.Shape.SequenceEqual(tensor.shape)
        || (source.Shape.Count == tensor.dim() && source.Shape[^1] == tensor.shape[^1]
            && ((name == "pos_embed" && PositionGrid.OfPositions(source.Shape[1]) is not null)
                || (name.EndsWith(Table, StringComparison.Ordinal) && PositionGrid.OfTable(source.Shape[0]) is >= 3)));

    private static Tensor Fit(Tensor source, string name, int grid) =>
        name == "pos_embed" ? PositionGrid.ResizePositions(source, grid)
        : name.EndsWith(Table, StringComparison.Ordinal) ? PositionGrid.ResizeTable(source, grid)
        : source;
}
