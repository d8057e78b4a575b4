using AspireFed.Models.Layers;
using CsCheck;
using static TorchSharp.torch;

namespace AspireFed.Tests.Unit.Models;

public sealed class PositionGridTests
{
    [Theory]
    [InlineData("pos_up")]
    [InlineData("pos_down")]
    public void Positions_are_carried_to_another_grid_as_in_the_reference(string name)
    {
        using var scope = NewDisposeScope();
        var parity = ParityCase.Open("mae-finetune");
        var io = parity.Tensors("io.safetensors");
        var expected = io[$"{name}.out"];

        var resized = PositionGrid.ResizePositions(io[$"{name}.in"], PositionGrid.OfPositions(expected.shape[1])!.Value);

        parity.AssertClose(expected, resized, name);
    }

    [Theory]
    [InlineData("table_up")]
    [InlineData("table_down")]
    public void Tables_are_carried_to_another_grid_as_in_the_reference(string name)
    {
        using var scope = NewDisposeScope();
        var parity = ParityCase.Open("beit-finetune");
        var io = parity.Tensors("io.safetensors");
        var config = parity.Config.GetProperty(name);
        Assert.Equal(config.GetProperty("from_grid").GetInt32(), PositionGrid.OfTable(io[$"{name}.in"].shape[0]));

        var resized = PositionGrid.ResizeTable(io[$"{name}.in"], config.GetProperty("to_grid").GetInt32());

        parity.AssertClose(io[$"{name}.out"], resized, name, "interpolated_tables");
    }

    [Fact]
    public void A_spline_passes_through_its_knots_and_repeats_cubic_polynomials_exactly() =>
        Gen.Select(
            Gen.Double[0.1, 3].Array[5, 30], Gen.Double[-2, 2].Array[4], Gen.Double[0, 1].Array[1, 10]).Sample((steps, factors, places) =>
        {
            var knots = new double[steps.Length + 1];
            for (var i = 0; i < steps.Length; i++) knots[i + 1] = knots[i] + steps[i];
            var targets = knots.Concat(places.Select(place => place * knots[^1])).ToArray();

            var weights = NotAKnotSpline.Weights(knots, targets);

            for (var t = 0; t < targets.Length; t++)
            {
                var value = 0.0;
                for (var k = 0; k < knots.Length; k++) value += weights[t, k] * Cubic(knots[k] / knots[^1]);
                Assert.Equal(Cubic(targets[t] / knots[^1]), value, 1e-6);
            }

            double Cubic(double x) => factors[0] + (x * (factors[1] + (x * (factors[2] + (x * factors[3])))));
        });
}
