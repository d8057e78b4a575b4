using AspireFed.Contracts.Randomness;

namespace AspireFed.Imaging.Phantoms;

/// <summary>
/// Paints the back of a made-up eye: ground, macula, optic disc and vessels, each eye different; and, where asked for, a few lesions,
/// dark as bleedings or bright as exudates. Lengths are in pixels of a 64-pixel picture.
/// </summary>
internal static class FundusPainter
{
    private const double Middle = 32;

    public static Canvas Paint(int side, bool lesions, RandomStream random)
    {
        var canvas = new Canvas(side);
        var towards = random.NextDouble() < 0.5 ? -1 : 1;
        var (maculaX, maculaY) = (Middle + (towards * random.NextDouble(1, 5)), Middle + random.NextDouble(-3, 3));
        var (discX, discY) = (maculaX - (towards * random.NextDouble(17, 21)), maculaY + random.NextDouble(-4, 2));
        var discRadius = random.NextDouble(4.2, 5.6);

        Ground(canvas, random);
        var macula = Ellipse.Circle(maculaX, maculaY, random.NextDouble(5, 8));
        canvas.Spot(macula, new Tint(0.40, 0.13, 0.05), random.NextDouble(0.35, 0.6), 1.6);
        Glints(canvas, random);
        OpticDisc(canvas, discX, discY, discRadius, random);
        var vessels = new VesselTree(canvas, random);
        vessels.Grow(discX, discY, towards);
        vessels.Draw();
        if (lesions)
            Lesions(canvas, discX, discY, discRadius, random);
        return canvas;
    }

    private static void Ground(Canvas canvas, RandomStream random)
    {
        var pigment = random.NextDouble(0.75, 1.1);
        var ground = new Tint(random.NextDouble(0.66, 0.82), random.NextDouble(0.27, 0.38), random.NextDouble(0.09, 0.17)) * pigment;
        var (coarse, middle, fine) = (new ValueNoise(3, random), new ValueNoise(8, random), new ValueNoise(22, random));
        canvas.Fill((x, y) =>
        {
            var (u, v) = ((x + 1) / 2, (y + 1) / 2);
            return ground * (1 + (0.13 * coarse[u, v]) + (0.07 * middle[u, v]) + (0.05 * fine[u, v]));
        });
    }

    /// <summary>Faint wide reflections, in healthy eyes too: a bright place alone is no lesion.</summary>
    private static void Glints(Canvas canvas, RandomStream random)
    {
        for (var i = random.NextInt32(4); i > 0; i--)
        {
            var (x, y) = (random.NextDouble(8, 56), random.NextDouble(8, 56));
            var shape = new Ellipse(x, y, random.NextDouble(4, 9), random.NextDouble(2, 4), random.NextDouble(0, Math.PI));
            canvas.Spot(shape, new Tint(0.95, 0.62, 0.36), random.NextDouble(0.08, 0.25), 1.7);
        }
    }

    private static void OpticDisc(Canvas canvas, double x, double y, double radius, RandomStream random)
    {
        var disc = new Ellipse(x, y, radius, radius * random.NextDouble(0.85, 1), random.NextDouble(0, Math.PI));
        canvas.Spot(disc, new Tint(0.98, 0.72, 0.42), random.NextDouble(0.75, 0.9), 0.45);
        canvas.Spot(Ellipse.Circle(x, y, radius * random.NextDouble(0.35, 0.55)), new Tint(1, 0.88, 0.66), 0.8, 0.8);
    }

    private static void Lesions(Canvas canvas, double discX, double discY, double discRadius, RandomStream random)
    {
        var brightShare = random.NextDouble();
        for (var left = 10 + random.NextInt32(9); left > 0;)
        {
            var (angle, distance) = (random.NextDouble(0, 2 * Math.PI), 25 * Math.Sqrt(random.NextDouble()));
            var (x, y) = (Middle + (distance * Math.Cos(angle)), Middle + (distance * Math.Sin(angle)));
            if (double.Hypot(x - discX, y - discY) < discRadius + 3)
                continue;
            if (random.NextDouble() < brightShare)
                Exudate(canvas, x, y, random);
            else
                Bleeding(canvas, x, y, random);
            left--;
        }
    }

    private static void Bleeding(Canvas canvas, double x, double y, RandomStream random)
    {
        var radius = random.NextDouble(2.0, 4.0);
        var shape = new Ellipse(x, y, radius, radius * random.NextDouble(0.65, 1), random.NextDouble(0, Math.PI));
        canvas.Spot(shape, new Tint(0.30, 0.04, 0.03), random.NextDouble(0.7, 0.95), 0.5);
        if (random.NextDouble() < 0.4)
            canvas.Spot(shape with { X = x + radius, Y = y + (radius * 0.5), Length = radius * 0.6 }, new Tint(0.30, 0.04, 0.03), 0.6, 0.6);
    }

    /// <summary>Exudates come in little groups.</summary>
    private static void Exudate(Canvas canvas, double x, double y, RandomStream random)
    {
        for (var i = 2 + random.NextInt32(4); i > 0; i--)
        {
            var shape = Ellipse.Circle(x + (2 * random.NextGaussian()), y + (2 * random.NextGaussian()), random.NextDouble(1.4, 2.6));
            canvas.Spot(shape, new Tint(1, 0.86, 0.45), random.NextDouble(0.6, 0.95), 0.4);
        }
    }
}
