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
}
