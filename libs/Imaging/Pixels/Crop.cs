namespace AspireFed.Imaging.Pixels;

/// <summary>Cuts a box out of a picture.</summary>
public static class Crop
{
    public static RgbImage Apply(RgbImage image, PixelBox box)
    {
        Check(image, box);
        if (box == PixelBox.Of(image))
            return image;
        var pixels = new byte[box.Width * box.Height * 3];
        for (var y = 0; y < box.Height; y++)
        {
            image.Pixels.AsSpan((((box.Top + y) * image.Width) + box.Left) * 3, box.Width * 3)
                .CopyTo(pixels.AsSpan(y * box.Width * 3));
        }

        return new RgbImage(box.Width, box.Height, pixels);
    }

    internal static void Check(RgbImage image, PixelBox box)
    {
        if (box.Left < 0 || box.Top < 0 || box.Width <= 0 || box.Height <= 0
            || box.Left + box.Width > image.Width || box.Top + box.Height > image.Height)
            throw new ArgumentOutOfRangeException(nameof(box), box, $"The box is not inside a picture of {image.Width}x{image.Height}.");
    }
}
