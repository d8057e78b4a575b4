using AspireFed.Contracts.Randomness;

namespace AspireFed.Imaging.Phantoms;

/// <summary>
/// Blood vessels that leave the optic disc in two arcs around the macula and some to the other side, and branch. They are what a detector
/// of small dark spots has to tell lesions from.
/// </summary>
internal sealed class VesselTree(Canvas canvas, RandomStream random)
{
    private const double Step = 0.5;

    private readonly double[] _cover = new double[canvas.Side * canvas.Side];

    /// <summary>Grows the tree from the disc; <paramref name="towards"/> is 1 where the macula is to the right, -1 to the left.</summary>
    public void Grow(double discX, double discY, int towards)
    {
        foreach (var upDown in (ReadOnlySpan<int>)[-1, 1])
        {
            var bend = towards * -upDown * random.NextDouble(0.020, 0.032);
            var start = Math.Atan2(upDown, towards * random.NextDouble(0.25, 0.6));
            var (x, y) = (discX + random.NextDouble(-1, 1), discY + upDown);
            Branch(x, y, start, bend, random.NextDouble(1.0, 1.25), 62, 3, true);
            Branch(x, y + upDown, start + random.NextDouble(-0.3, 0.3), bend * 0.9, random.NextDouble(0.6, 0.8), 55, 2, true);
            var behind = Math.Atan2(upDown, -towards * random.NextDouble(0.5, 1.6));
            Branch(x, y, behind, bend * -0.5, random.NextDouble(0.55, 0.8), 30, 2, true);
        }
    }

    /// <summary>Darkens the picture where vessels are.</summary>
    public void Draw()
    {
        var light = canvas.Light;
        for (int pixel = 0, at = 0; pixel < _cover.Length; pixel++, at += 3)
        {
            light[at] *= (float)(1 - (0.36 * _cover[pixel]));
            light[at + 1] *= (float)(1 - (0.58 * _cover[pixel]));
            light[at + 2] *= (float)(1 - (0.66 * _cover[pixel]));
        }
    }

    private void Branch(double x, double y, double direction, double bend, double radius, double length, int depth, bool trunk)
    {
        var nextBranch = random.NextDouble(7, 13);
        for (var travelled = 0.0; travelled < length; travelled += Step)
        {
            x += Step * Math.Cos(direction);
            y += Step * Math.Sin(direction);
            if (x is < -2 or > 66 || y is < -2 or > 66)
                return;
            direction += Step * (bend + (0.06 * random.NextGaussian()));
            var width = radius * (1 - (0.65 * travelled / length));
            // Inside the disc a vessel comes up from below: fainter at first.
            Stamp(x, y, width, trunk ? Math.Min(1, 0.3 + (travelled / 8)) : 1);
            if (depth > 0 && travelled > nextBranch)
            {
                var side = random.NextDouble() < 0.5 ? -1 : 1;
                var away = direction + (side * random.NextDouble(0.4, 0.9));
                Branch(x, y, away, -side * 0.01, width * 0.75, length * random.NextDouble(0.3, 0.5), depth - 1, false);
                nextBranch = travelled + random.NextDouble(6, 14);
            }
        }
    }

    private void Stamp(double x, double y, double radius, double strength)
    {
        // A vessel thinner than a pixel is a fainter one of a pixel's width.
        strength *= Math.Min(1.0, radius / 0.7);
        canvas.ForEachPixel(Ellipse.Circle(x, y, Math.Max(radius, 0.7)), 0.8, (pixel, cover) =>
            _cover[pixel] = Math.Max(_cover[pixel], cover * strength));
    }
}
