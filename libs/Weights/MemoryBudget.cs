namespace AspireFed.Weights;

/// <summary>
/// Bounds what a file can make its reader allocate. A few bytes can describe a large object, so that a small file could fill the memory;
/// the objects of a real checkpoint are small beside its tensors. Costs are estimates of what an object takes on the heap.
/// </summary>
internal sealed class MemoryBudget(FileBytes file)
{
    /// <summary>What any file may use, so that a small one of many names is read as well.</summary>
    private const long Floor = 32L << 20;

    private long _left = file.Length + Floor;

    public const int Object = 48;
    public const int Number = 24;
    public const int Slot = 16;
    public const int Entry = 48;

    public static int Text(int bytes) => 32 + (2 * bytes);

    public void Charge(long bytes)
    {
        _left -= bytes;
        if (_left < 0) throw file.Damaged("it describes more objects than a checkpoint of its size has, and reading it would fill the memory");
    }
}
