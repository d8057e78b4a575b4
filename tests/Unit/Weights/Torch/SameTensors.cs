using AspireFed.Weights;

namespace AspireFed.Tests.Unit.Weights.Torch;

/// <summary>Compares two checkpoints bit for bit.</summary>
internal static class SameTensors
{
    /// <summary>What lies under the prefix in <paramref name="actual"/> must be what <paramref name="expected"/> holds.</summary>
    public static void Check(Checkpoint expected, Checkpoint actual, string prefix)
    {
        Assert.NotEmpty(expected.Tensors);
        Assert.Equal(
            expected.Tensors.Select(tensor => prefix + tensor.Name).Order(StringComparer.Ordinal),
            actual.Tensors.Select(tensor => tensor.Name).Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        foreach (var tensor in expected.Tensors)
        {
            var twin = actual.Find(prefix + tensor.Name)!;
            Assert.Equal((tensor.Type, tensor.Length), (twin.Type, twin.Length));
            Assert.Equal(tensor.Shape, twin.Shape);
            Assert.True(expected.Read(tensor).AsSpan().SequenceEqual(actual.Read(twin)), $"{twin.Name} of {actual.Path} differs.");
        }
    }
}
