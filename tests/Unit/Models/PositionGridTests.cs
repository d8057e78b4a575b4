using AspireFed.Models.Layers;
using CsCheck;

namespace AspireFed.Tests.Unit.Models;

public sealed class PositionGridTests
{
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
