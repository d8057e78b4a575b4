using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Models.Layers;
using AspireFed.Weights;
using static TorchSharp.torch;

namespace AspireFed.Models;

/// <summary>Takes pre-trained weights over into a classifier: what pre-training and fine-tuning have in common.</summary>
public static class ModelTransfer
{
    private const double HeadDeviation = 2e-5;
    private const string Table = "relative_position_bias_table", Index = "relative_position_index";

    /// <param name="model">Initialised; what the file does not hold keeps its start values, but the head's weight is drawn anew.</param>
    /// <param name="pretrained">Safetensors file of a MAE or BEiT, whole or its encoder alone.</param>
    /// <param name="generator">Draws the head's weight.</param>
    /// <exception cref="InputException">The file is of another family or another size of model; the model is unchanged.</exception>
    public static TransferReport Load(ImageClassifier model, string pretrained, Generator generator)
    {
        try
        {
            using var file = SafetensorsFile.Open(pretrained);
            var tensors = StateTensors.Of(model);
            var sources = Sources(file.Header, tensors);
            Check(model, file, tensors, sources);

            using (no_grad())
            {
                foreach (var (name, source) in sources)
                {
                    using var scope = NewDisposeScope();
                    tensors[name].copy_(Fit(StateTensors.ReadFloat32(file, source), name, model.Shape.Grid));
                }
            }
            Draw.Normal(model.HeadWeight, HeadDeviation, generator);
            var used = sources.Values.Select(source => source.Name).ToHashSet(StringComparer.Ordinal);
            return new TransferReport(
                [.. tensors.Keys.Where(sources.ContainsKey)],
                [.. file.Header.Tensors.Select(source => source.Name).Where(name => !used.Contains(name))],
                [.. tensors.Keys.Where(name => !sources.ContainsKey(name))]);
        }
        catch (Exception fault) when (fault is WeightsException or IOException)
        {
            throw new InputException(fault.Message, fault);
        }
    }

    /// <summary>For each tensor of the model that can be filled, where from. A table that all blocks shared goes to each of them.</summary>
    private static Dictionary<string, TensorEntry> Sources(SafetensorsHeader header, OrderedDictionary<string, Tensor> tensors)
    {
        Dictionary<string, TensorEntry> sources = new(StringComparer.Ordinal);
        foreach (var name in tensors.Keys)
        {
            if (name.StartsWith("head.", StringComparison.Ordinal) || name.EndsWith(Index, StringComparison.Ordinal)) continue;
            var shared = name.EndsWith(Table, StringComparison.Ordinal) ? header.Find($"rel_pos_bias.{Table}") : null;
            var source = header.Find(name) ?? shared;
            if (source is not null) sources.Add(name, source);
        }
        return sources;
    }

    private static void Check(
        ImageClassifier model, SafetensorsFile file, OrderedDictionary<string, Tensor> tensors, Dictionary<string, TensorEntry> sources)
    {
        foreach (var (name, tensor) in tensors)
        {
            if (!sources.TryGetValue(name, out var source))
            {
                if (!MayBeNew(name)) throw Misfit($"it lacks {name}");
            }
            else if (!source.Shape.SequenceEqual(tensor.shape) && !CanBeFitted(source, tensor, name))
            {
                throw Misfit($"its {source.Name} is {source.Describe()} and not {StateTensors.Describe(tensor)}");
            }
        }
        if (file.Header.Tensors.FirstOrDefault(entry => IsOfBlock(entry.Name) && !tensors.ContainsKey(entry.Name)) is { } extra)
            throw Misfit($"its {extra.Name} has no place");

        InputException Misfit(string what) => new(
            $"The pre-trained weights {file.Path} do not fit a {model.GetName()} "
            + $"of width {model.Shape.Width} and depth {model.Shape.Depth}: {what}.");
    }

    private static bool IsOfBlock(string name) =>
        name.StartsWith("blocks.", StringComparison.Ordinal) && !name.EndsWith(Index, StringComparison.Ordinal);

    private static bool MayBeNew(string name) =>
        name.StartsWith("head.", StringComparison.Ordinal)
        || name.StartsWith("fc_norm.", StringComparison.Ordinal)
        || name.EndsWith(Index, StringComparison.Ordinal);

    private static bool CanBeFitted(TensorEntry source, Tensor tensor, string name) =>
        source.Shape.Count == tensor.dim() && source.Shape[^1] == tensor.shape[^1]
        && ((name == "pos_embed" && PositionGrid.OfPositions(source.Shape[1]) is not null)
            || (name.EndsWith(Table, StringComparison.Ordinal) && PositionGrid.OfTable(source.Shape[0]) is >= 3));

    private static Tensor Fit(Tensor source, string name, int grid) =>
        name == "pos_embed" ? PositionGrid.ResizePositions(source, grid)
        : name.EndsWith(Table, StringComparison.Ordinal) ? PositionGrid.ResizeTable(source, grid)
        : source;
}
