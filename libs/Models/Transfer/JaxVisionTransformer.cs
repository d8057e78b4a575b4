using System.Globalization;
using System.Runtime.InteropServices;
using AspireFed.Weights;
using static TorchSharp.torch;

namespace AspireFed.Models.Transfer;

/// <summary>
/// Vision transformers as Dosovitskiy et al. (2021) published them, NumPy archives written by JAX: kernels there are [in, out], those of
/// attention [in, heads, width] and one each for query, key and value.
/// </summary>
internal static class JaxVisionTransformer
{
    private const string Block = "Transformer/encoderblock_";

    public static bool IsIn(Checkpoint file) => file.Find($"{Block}0/LayerNorm_0/scale") is not null;

    /// <summary>The tensors under PyTorch's names; what has no place there keeps its own name.</summary>
    public static IReadOnlyList<SourceTensor> Tensors(Checkpoint file)
    {
        HashSet<string> used = [];
        List<SourceTensor> tensors = [];
        Add("cls_token", "cls");
        Add("pos_embed", "Transformer/posembed_input/pos_embedding");
        Add("patch_embed.proj.weight", "embedding/kernel", kernel => kernel.permute(3, 2, 0, 1));
        Add("patch_embed.proj.bias", "embedding/bias");
        for (var i = 0; file.Find($"{Block}{i}/LayerNorm_0/scale") is not null; i++) AddBlock(i);
        AddNorm("norm", "Transformer/encoder_norm");
        AddLinear("head", "head");
        tensors.AddRange(file.Tensors.Where(tensor => !used.Contains(tensor.Name))
            .Select(tensor => new SourceTensor(tensor.Name, tensor.Type, tensor.Shape, () => SourceWeights.Read(file, tensor))));
        return tensors;

        void AddBlock(int block)
        {
            var to = string.Create(CultureInfo.InvariantCulture, $"blocks.{block}");
            var from = string.Create(CultureInfo.InvariantCulture, $"{Block}{block}");
            AddNorm($"{to}.norm1", $"{from}/LayerNorm_0");
            AddNorm($"{to}.norm2", $"{from}/LayerNorm_2");
            var attention = $"{from}/MultiHeadDotProductAttention_1";
            string[] parts = [$"{attention}/query", $"{attention}/key", $"{attention}/value"];
            Join($"{to}.attn.qkv.weight", [.. parts.Select(part => $"{part}/kernel")], kernel => kernel.flatten(1).t());
            Join($"{to}.attn.qkv.bias", [.. parts.Select(part => $"{part}/bias")], bias => bias.flatten());
            Add($"{to}.attn.proj.weight", $"{attention}/out/kernel", kernel => kernel.flatten(0, 1).t());
            Add($"{to}.attn.proj.bias", $"{attention}/out/bias");
            AddLinear($"{to}.mlp.fc1", $"{from}/MlpBlock_3/Dense_0");
            AddLinear($"{to}.mlp.fc2", $"{from}/MlpBlock_3/Dense_1");
        }

        void AddNorm(string to, string from)
        {
            Add($"{to}.weight", $"{from}/scale");
            Add($"{to}.bias", $"{from}/bias");
        }

        void AddLinear(string to, string from)
        {
            Add($"{to}.weight", $"{from}/kernel", kernel => kernel.t());
            Add($"{to}.bias", $"{from}/bias");
        }

        void Add(string to, string from, Func<Tensor, Tensor>? layout = null) => Join(to, [from], layout ?? (tensor => tensor));

        // Shapes are known only after the layout has been changed, and the arrays are small beside the file: the layout is tried on zeros
        // that take no memory.
        void Join(string to, string[] from, Func<Tensor, Tensor> layout)
        {
            CheckpointTensor?[] parts = [.. from.Select(file.Find)];
            if (parts.Any(part => part is null)) return;
            used.UnionWith(from);
            using var scope = NewDisposeScope();
            tensors.Add(new SourceTensor(to, parts[0]!.Type, Shape(), () =>
            {
                using var reading = NewDisposeScope();
                return cat([.. parts.Select(part => layout(SourceWeights.Read(file, part!)))]).contiguous().MoveToOuterDisposeScope();
            }));

            long[] Shape()
            {
                try
                {
                    return cat([.. parts.Select(part => layout(zeros(1).expand([.. part!.Shape])))]).shape;
                }
                catch (ExternalException e)
                {
                    throw new WeightsException($"The array {from[0]} of {file.Path} has another shape than in any vision transformer.", e);
                }
            }
        }
    }
}
