namespace AspireFed.Weights.Torch;

/// <summary>Puts the elements of a view (a transposed, sliced or expanded tensor) into row-major order.</summary>
internal static class StridedTensor
{
    private const int ChunkLength = 1 << 20;

    /// <summary>The stretch of the file that the view touches is held in memory meanwhile: its elements come in any order.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Chunks(FileBytes file, CheckpointTensor tensor, TorchTensor view)
    {
        var size = view.Type.Size;
        if (view.Span > Array.MaxLength / size)
            throw file.Refused($"its tensor {Shown.Text(tensor.Name)} is a view of more than 2 GiB; save it with .contiguous()");
        var touched = new byte[view.Span * size];
        file.Read(view.FirstByte, touched);

        var index = new long[view.Shape.Length];
        var chunk = new byte[Math.Min(tensor.Length, ChunkLength)];
        long element = 0;
        for (long written = 0; written < tensor.Length;)
        {
            // Chunks hold whole elements, since their length is a multiple of every element size.
            var filled = (int)Math.Min(chunk.Length, tensor.Length - written);
            for (var at = 0; at < filled; at += size)
            {
                touched.AsSpan((int)(element * size), size).CopyTo(chunk.AsSpan(at, size));
                element = Next(view, index, element);
            }
            written += filled;
            yield return chunk.AsMemory(0, filled);
        }
    }

    /// <summary>Counts the index up by one, the last side first, and follows it in the storage.</summary>
    private static long Next(TorchTensor view, long[] index, long element)
    {
        for (var side = index.Length - 1; side >= 0; side--)
        {
            element += view.Strides[side];
            if (++index[side] < view.Shape[side]) return element;
            element -= view.Strides[side] * view.Shape[side];
            index[side] = 0;
        }
        return element;
    }
}
