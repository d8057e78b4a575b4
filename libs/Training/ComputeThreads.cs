using AspireFed.Models;
using static TorchSharp.torch;

namespace AspireFed.Training;

/// <summary>Sets how many processor threads torch uses. They decide the last bits of a sum, so that a spec names them.</summary>
internal static class ComputeThreads
{
    // Torch takes the number of threads between operators only once a process; nothing here runs operators side by side.
    private static readonly Lazy<bool> OneBetweenOperators = new(() =>
    {
        set_num_interop_threads(1);
        return true;
    });

    /// <summary>For the calling thread and those that it starts.</summary>
    public static void Use(int threads)
    {
        TorchNative.EnsureLoaded();
        _ = OneBetweenOperators.Value;
        set_num_threads(threads);
    }
}
