using static TorchSharp.torch;

namespace AspireFed.Models.Layers;

/// <summary>Start values drawn in place from a given generator, as torch's and timm's initialisers draw them from the global one.</summary>
internal static class Draw
{
    // The share of normal numbers within one deviation, erf(1 / sqrt(2)).
    private const double WithinOneDeviation = 0.68268949213708590;

    /// <summary>Glorot and Bengio's uniform; more than two dimensions count as a matrix of the first by the rest.</summary>
    public static void Xavier(Tensor weight, Generator generator)
    {
        var (to, from) = (weight.shape[0], weight.numel() / weight.shape[0]);
        Uniform(weight, Math.Sqrt(6.0 / (from + to)), generator);
    }

    /// <summary>The uniform by which torch starts a convolution: within 1 / sqrt(inputs) for the weight and the bias.</summary>
    public static void Convolution(Tensor weight, Tensor bias, Generator generator)
    {
        var bound = Math.Sqrt((double)weight.shape[0] / weight.numel());
        Uniform(weight, bound, generator);
        Uniform(bias, bound, generator);
    }

    public static void Normal(Tensor values, double deviation, Generator generator)
    {
        using var _ = no_grad();
        values.normal_(0, deviation, generator);
    }

    /// <summary>Normal numbers cut off at one deviation: what is left has about 0.54 of it.</summary>
    public static void NormalCutAtOneDeviation(Tensor values, double deviation, Generator generator)
    {
        using var _ = no_grad();
        values.uniform_(-WithinOneDeviation, WithinOneDeviation, generator).erfinv_()
            .mul_(Math.Sqrt(2) * deviation).clamp_(-deviation, deviation);
    }

    public static void Uniform(Tensor values, double bound, Generator generator)
    {
        using var _ = no_grad();
        values.uniform_(-bound, bound, generator);
    }
}
