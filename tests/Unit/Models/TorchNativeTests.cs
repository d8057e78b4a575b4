using AspireFed.Models;
using AspireFed.Models.Native;
using static TorchSharp.torch;

namespace AspireFed.Tests.Unit.Models;

public sealed class TorchNativeTests
{
    [Fact]
    public void Torch_computes_without_a_copy_of_libtorch_beside_the_program()
    {
        TorchNative.EnsureLoaded();

        using var sum = ones(2, 3).sum();

        Assert.Equal(6f, sum.item<float>());
        Assert.Empty(Directory.GetFiles(AppContext.BaseDirectory, "libtorch*"));
    }

    [Fact]
    public async Task A_garbage_collection_in_the_middle_of_a_sum_does_no_harm()
    {
        TorchNative.EnsureLoaded();
        using var done = new CancellationTokenSource();
        var collector = Task.Factory.StartNew(
            () =>
            {
                while (!done.IsCancellationRequested)
                {
                    GC.Collect(0);
                    GC.WaitForPendingFinalizers();
                }
            },
            TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        // Without care for it, some ten of so many sums fail.
        Parallel.For(0, 200, _ =>
        {
            using var scope = NewDisposeScope();
            var (one, two) = (ones(4), full(4, 2f));
            for (var i = 0; i < 1000; i++)
            {
                using var sum = one + two;
                Assert.Equal(3f, sum.data<float>()[3]);
            }
        });

        await done.CancelAsync();
        await collector;
    }
}
