using AspireFed.Contracts.Specs;
using AspireFed.Models;
using static TorchSharp.torch;

namespace AspireFed.Tests.Unit.Models;

public sealed class StartValuesTests
{
    [Fact]
    public void Equal_generators_give_equal_start_values()
    {
        using var scope = NewDisposeScope();
        using var first = new Mae(ModelShape.For(ModelSize.Nano));
        using var second = new Mae(ModelShape.For(ModelSize.Nano));
        using var generator = new Generator(5);
        using var same = new Generator(5);

        first.Initialize(generator);
        second.Initialize(same);

        foreach (var (one, other) in first.parameters().Zip(second.parameters()))
            Assert.True(one.equal(other).all().item<bool>());
    }
}
