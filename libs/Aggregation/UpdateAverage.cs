using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using AspireFed.Aggregation.Rules;
using AspireFed.Weights;

namespace AspireFed.Aggregation;

/// <summary>
/// Makes the global weights of the clients' files. Works block by block over all clients, with one read buffer and one block of sums a
/// processor: memory does not grow with the clients nor with the model. Blocks do not touch each other, so their order does not matter.
/// </summary>
public sealed class UpdateAverage(IAggregationRule rule)
{
    // 32 Ki elements: 128 KiB of floats, 256 KiB of sums and 128 KiB of averages stay in a core's cache.
    private const int BlockElements = 32 * 1024;

    /// <summary>
    /// Averages the F32 tensors of the updates, in the order given, into the tensors of the output's header. All other tensors must be
    /// equal in all updates and are taken as they are. Does not complete the output.
    /// </summary>
    /// <exception cref="WeightsException">An update lacks a tensor of the output, or a tensor that cannot be averaged differs.</exception>
    /// <exception cref="ArgumentException">There is no update, or weights are negative, not finite, or all zero.</exception>
    public void Write(IReadOnlyList<WeightedUpdate> updates, SafetensorsWriter output, CancellationToken cancel)
    {
        if (updates.Count == 0) throw new ArgumentException("There is nothing to average.", nameof(updates));
        if (updates.Any(update => !double.IsFinite(update.Weight) || update.Weight < 0))
            throw new ArgumentException("A weight is negative or no number.", nameof(updates));
        var total = updates.Sum(update => update.Weight);
        if (total <= 0) throw new ArgumentException("All weights are zero.", nameof(updates));

        var options = new ParallelOptions { CancellationToken = cancel, MaxDegreeOfParallelism = Environment.ProcessorCount };
        try
        {
            Parallel.ForEach(
                Blocks(updates, output.Header), options, () => new Scratch(BlockElements),
                (block, _, scratch) =>
                {
                    if (block.Target.Type == TensorType.F32) Average(updates, total, block, scratch, output);
                    else Copy(updates, block, scratch, output);
                    return scratch;
                },
                _ => { });
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.Flatten().InnerExceptions[0]);
        }
    }

    private static IEnumerable<Block> Blocks(IReadOnlyList<WeightedUpdate> updates, SafetensorsHeader output)
    {
        foreach (var target in output.Tensors)
        {
            var sources = updates.Select(update => Source(update.File, target)).ToArray();
            for (long offset = 0; offset < target.Length; offset += Block.Bytes)
                yield return new Block(target, sources, offset);
        }
    }

    private static TensorEntry Source(SafetensorsFile file, TensorEntry target) =>
        file.Header.Find(target.Name) is { } source && source.Fits(target)
            ? source
            : throw new WeightsException($"The weights file {file.Path} has no tensor {target.Name} that is {target.Describe()}.");

    private void Average(IReadOnlyList<WeightedUpdate> updates, double total, Block block, Scratch scratch, SafetensorsWriter output)
    {
        var bytes = scratch.Bytes.AsSpan(0, block.Length);
        var elements = MemoryMarshal.Cast<byte, float>(bytes);
        var sum = scratch.Sum.AsSpan(0, elements.Length);
        sum.Fill(rule.Zero);
        for (var i = 0; i < updates.Count; i++)
        {
            updates[i].File.Read(block.Sources[i], block.Offset, bytes);
            rule.Accumulate(elements, updates[i].Weight, sum);
        }
        rule.Finish(sum, total, elements);
        output.Write(block.Target, block.Offset, bytes);
    }

    private static void Copy(IReadOnlyList<WeightedUpdate> updates, Block block, Scratch scratch, SafetensorsWriter output)
    {
        var first = scratch.Bytes.AsSpan(0, block.Length);
        var other = MemoryMarshal.AsBytes(scratch.Sum.AsSpan())[..block.Length];
        updates[0].File.Read(block.Sources[0], block.Offset, first);
        for (var i = 1; i < updates.Count; i++)
        {
            updates[i].File.Read(block.Sources[i], block.Offset, other);
            if (!first.SequenceEqual(other))
            {
                throw new WeightsException(
                    $"The tensor {block.Target.Name} is {block.Target.Describe()}, which is not averaged, "
                    + $"and differs between {updates[0].File.Path} and {updates[i].File.Path}.");
            }
        }
        output.Write(block.Target, block.Offset, first);
    }

    private readonly record struct Block(TensorEntry Target, TensorEntry[] Sources, long Offset)
    {
        public const int Bytes = BlockElements * sizeof(float);

        public int Length => (int)Math.Min(Bytes, Target.Length - Offset);
    }

    private sealed class Scratch(int elements)
    {
        public byte[] Bytes { get; } = new byte[elements * sizeof(float)];

        public double[] Sum { get; } = new double[elements];
    }
}
