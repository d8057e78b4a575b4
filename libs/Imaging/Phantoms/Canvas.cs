namespace AspireFed.Imaging.Phantoms;

/// <summary>A square of light, [side, side, 3], on which soft shapes are laid. Lengths are in pixels of a 64-pixel picture.</summary>
internal sealed class Canvas(int side)
{
    private const double DesignSide = 64;

    public int Side { get; } = side;

    /// <summary>Pixels of this picture in a pixel of the design.</summary>
    public double Scale { get; } = side / DesignSide;

    public float[] Light { get; } = new float[side * side * 3];

    /// <summary>Sets every pixel, from its place with (-1, -1) top left and (1, 1) bottom right.</summary>
    public void Fill(Func<double, double, Tint> color)
    {
        for (int row = 0, at = 0; row < Side; row++)
        {
            for (var column = 0; column < Side; column++, at += 3)
            {
                var tint = color(((column + 0.5) * 2 / Side) - 1, ((row + 0.5) * 2 / Side) - 1);
                (Light[at], Light[at + 1], Light[at + 2]) = ((float)tint.Red, (float)tint.Green, (float)tint.Blue);
            }
        }
    }

    /// <summary>Lays an ellipse on the picture that covers it in the middle by its opacity and fades out across its edge.</summary>
    public void Spot(Ellipse shape, Tint color, double opacity, double softness)
    {
        ForEachPixel(shape, softness, (pixel, cover) =>
        {
            var (at, alpha) = (pixel * 3, (float)(cover * opacity));
            Light[at] += alpha * ((float)color.Red - Light[at]);
            Light[at + 1] += alpha * ((float)color.Green - Light[at + 1]);
            Light[at + 2] += alpha * ((float)color.Blue - Light[at + 2]);
        });
    }

    /// <summary>Calls back for every pixel that a soft ellipse touches, with the share of it that is covered.</summary>
    public void ForEachPixel(Ellipse shape, double softness, Action<int, double> visit)
    {
        var (x, y, long_, wide) = (shape.X * Scale, shape.Y * Scale, shape.Length * Scale, shape.Width * Scale);
        var reach = Math.Max(long_, wide) * (1 + softness) + 1;
        var (sin, cos) = Math.SinCos(shape.Angle);
        var (firstRow, lastRow) = (Math.Max(0, (int)(y - reach)), Math.Min(Side - 1, (int)(y + reach)));
        var (firstColumn, lastColumn) = (Math.Max(0, (int)(x - reach)), Math.Min(Side - 1, (int)(x + reach)));
        // An edge is never sharper than a pixel.
        var edge = Math.Max(softness, 1 / Math.Max(Math.Min(long_, wide), 0.5));
        for (var row = firstRow; row <= lastRow; row++)
        {
            for (var column = firstColumn; column <= lastColumn; column++)
            {
                var (dx, dy) = (column + 0.5 - x, row + 0.5 - y);
                var (along, across) = (((dx * cos) + (dy * sin)) / long_, ((dy * cos) - (dx * sin)) / wide);
                var distance = Math.Sqrt((along * along) + (across * across));
                var cover = Math.Clamp((1 + (edge / 2) - distance) / edge, 0, 1);
                if (cover > 0)
                    visit((row * Side) + column, cover * cover * (3 - (2 * cover)));
            }
        }
    }
}
