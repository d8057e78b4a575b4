using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace AspireFed.Models.Layers;

/// <summary>What DALL-E's encoder and decoder share: groups of residual blocks, with a change of size after all but the last.</summary>
internal static class DalleBlocks
{
    /// <param name="widths">Channels of each group.</param>
    /// <param name="kernels">Of the convolutions of a block.</param>
    /// <param name="resize">What follows a group: its name and a new module.</param>
    public static Sequential Create(
        DalleConvolution input, int inputWidth, IReadOnlyList<int> widths, int blocksPerGroup, IReadOnlyList<int> kernels,
        (string Name, Func<Module<Tensor, Tensor>> Create) resize, int outputs)
    {
        // Branches add up: the more blocks, the less each adds.
        var gain = 1 / Math.Pow(widths.Count * blocksPerGroup, 2);
        List<(string, Module<Tensor, Tensor>)> parts = [("input", input)];
        var from = inputWidth;
        for (var group = 0; group < widths.Count; group++)
        {
            List<(string, Module<Tensor, Tensor>)> blocks = [];
            for (var block = 1; block <= blocksPerGroup; block++)
            {
                blocks.Add(($"block_{block}", new DalleBlock(from, widths[group], kernels, gain)));
                from = widths[group];
            }
            if (group < widths.Count - 1) blocks.Add((resize.Name, resize.Create()));
            parts.Add(($"group_{group + 1}", Sequential(blocks)));
        }
        parts.Add(("output", Sequential(("relu", ReLU()), ("conv", new DalleConvolution(from, outputs, 1)))));
        return Sequential(parts);
    }

    public static void Initialize(Module model, Generator generator)
    {
        foreach (var convolution in model.modules().OfType<DalleConvolution>()) convolution.Initialize(generator);
    }
}
