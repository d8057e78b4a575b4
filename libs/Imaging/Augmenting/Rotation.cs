using AspireFed.Imaging.Pixels;

namespace AspireFed.Imaging.Augmenting;

/// <summary>
/// Turns a picture around its centre; nearest neighbour, black where nothing comes from. 16.16 fixed point, as PIL computes it.
/// </summary>
public static class Rotation
{
    private const double One = 1 << 16;

    /// <summary>Turns counter-clockwise by an angle in degrees.</summary>
    public static RgbImage Turn(RgbImage image, double degrees)
    {
        if (degrees % 360.0 == 0)
            return image;
        var (width, height) = (image.Width, image.Height);
        var angle = -(degrees * Math.PI / 180.0);
        var (cos, sin) = (Math.Cos(angle), Math.Sin(angle));
        var (centerX, centerY) = (width / 2.0, height / 2.0);
        var left = centerX - (cos * centerX) - (sin * centerY);
        var top = centerY + (sin * centerX) - (cos * centerY);

        var (stepX, stepY) = (Fixed(cos), Fixed(-sin));
        var (rowX, rowY) = (Fixed(left + (cos * 0.5) + (sin * 0.5)), Fixed(top - (sin * 0.5) + (cos * 0.5)));
        var (rowStepX, rowStepY) = (Fixed(sin), Fixed(cos));
        var (source, target) = (image.Pixels, new byte[image.Pixels.Length]);
        for (int row = 0, at = 0; row < height; row++)
        {
            var (x, y) = (rowX, rowY);
            for (var column = 0; column < width; column++, at += 3)
            {
                var (fromX, fromY) = (x >> 16, y >> 16);
                if ((uint)fromX < (uint)width && (uint)fromY < (uint)height)
                {
                    var from = ((fromY * width) + fromX) * 3;
                    target[at] = source[from];
                    target[at + 1] = source[from + 1];
                    target[at + 2] = source[from + 2];
                }

                (x, y) = (x + stepX, y + stepY);
            }

            (rowX, rowY) = (rowX + rowStepX, rowY + rowStepY);
        }

        return new RgbImage(width, height, target);
    }

    private static int Fixed(double value) => (int)Math.Floor((value * One) + 0.5);
}
