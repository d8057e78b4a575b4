using static TorchSharp.torch;

namespace AspireFed.Models.Layers;

/// <summary>Stochastic depth (Huang et al. 2016): leaves a block's branch out for some samples and makes up for it in the others.</summary>
internal static class DropPath
{
    /// <summary>The rate of each block: from 0 in the first linearly to the given one in the last.</summary>
    public static double RateOf(int block, int blocks, double last) => blocks == 1 ? 0 : last * block / (blocks - 1);

    /// <summary>
    /// [B, 1, 1] of 0 and 1 / (1 - rate). Drawn on the processor whatever the device, so that the numbers are the same on all.
    /// </summary>
    public static Tensor Draw(Tensor samples, double rate, Generator generator)
    {
        using var scope = NewDisposeScope();
        var kept = empty(samples.shape[0], 1, 1).bernoulli_(1 - rate, generator).div_(1 - rate);
        return kept.to(samples.dtype, samples.device).MoveToOuterDisposeScope();
    }
}
