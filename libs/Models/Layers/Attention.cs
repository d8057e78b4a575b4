using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace AspireFed.Models.Layers;

/// <summary>Multi-head self-attention over [B, N, D].</summary>
internal abstract class Attention(string name, int heads) : Module(name)
{
    /// <param name="bias">[heads, N, N], added to the logits; null adds nothing.</param>
    public abstract Tensor Forward(Tensor input, Tensor? bias);

    /// <summary>[B, N, 3 * D] to query, key and value, [B, heads, N, D / heads] each, as views.</summary>
    protected (Tensor Query, Tensor Key, Tensor Value) Split(Tensor projected)
    {
        var (count, tokens, width) = (projected.shape[0], projected.shape[1], projected.shape[2] / 3);
        var parts = projected.view(count, tokens, 3, heads, width / heads).permute(2, 0, 3, 1, 4).unbind(0);
        return (parts[0], parts[1], parts[2]);
    }

    /// <summary>[B, heads, N, D / heads] to [B, N, D].</summary>
    protected static Tensor Join(Tensor heads) =>
        heads.transpose(1, 2).reshape(heads.shape[0], heads.shape[2], heads.shape[1] * heads.shape[3]);
}
