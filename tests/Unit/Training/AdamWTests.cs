using AspireFed.Contracts;
using AspireFed.Models;
using AspireFed.Training.Optimization;
using TorchSharp;
using static TorchSharp.torch;

namespace AspireFed.Tests.Unit.Training;

public sealed class AdamWTests : IDisposable
{
    private readonly DisposeScope _scope = NewScope();

    [Fact]
    public void A_state_that_was_saved_goes_on_to_the_same_bits()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        var (whole, wholeValues) = Fresh();
        for (var step = 0; step < 6; step++) StepOn(whole, wholeValues, step);

        var (first, values) = Fresh();
        for (var step = 0; step < 3; step++) StepOn(first, values, step);
        OptimizerFile.Save(first, path);
        using var second = new AdamW(Groups(values), 0.9, 0.99);
        OptimizerFile.Load(second, path);
        for (var step = 3; step < 6; step++) StepOn(second, values, step);

        File.Delete(path);
        Assert.Equal(whole.Steps, second.Steps);
        Assert.All(wholeValues.Zip(values), pair => Assert.True(pair.First.bytes.SequenceEqual(pair.Second.bytes)));
    }

    [Fact]
    public void A_state_of_another_model_is_refused_with_one_sentence()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        OptimizerFile.Save(Fresh().Optimizer, path);
        using var other = new AdamW([new ParameterGroup(0, 1, [("a", zeros(2, 2).requires_grad_())])], 0.9, 0.99);

        var fault = Assert.Throws<InputException>(() => OptimizerFile.Load(other, path));

        File.Delete(path);
        Assert.Contains(path, fault.Message);
        Assert.Contains("exp_avg.a", fault.Message);
    }

    [Fact]
    public void Gradients_below_the_norm_are_left_alone()
    {
        var (optimizer, values) = Fresh();
        foreach (var value in values) value.grad = full_like(value, 0.01);
        var before = values.Select(value => value.grad!.bytes.ToArray()).ToList();

        optimizer.ClipGradients(1e3);

        Assert.All(before.Zip(values), pair => Assert.True(pair.First.AsSpan().SequenceEqual(pair.Second.grad!.bytes)));
    }

    public void Dispose() => _scope.Dispose();

    private static DisposeScope NewScope()
    {
        TorchNative.EnsureLoaded();
        return NewDisposeScope();
    }

    private static (AdamW Optimizer, Tensor[] Values) Fresh()
    {
        Tensor[] values = [ones(3, 5).requires_grad_(), full(7, 0.5f).requires_grad_()];
        return (new AdamW(Groups(values), 0.9, 0.99), values);
    }

    private static ParameterGroup[] Groups(Tensor[] values) =>
        [new ParameterGroup(0.05, 1, [("a", values[0])]), new ParameterGroup(0, 0.5, [("b", values[1])])];

    private static void StepOn(AdamW optimizer, Tensor[] values, int step)
    {
        foreach (var value in values) value.grad = full_like(value, Math.Sin(step + value.numel()));
        optimizer.Step(1e-2);
    }
}
