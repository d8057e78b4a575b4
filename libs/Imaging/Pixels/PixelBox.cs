namespace AspireFed.Imaging.Pixels;

/// <summary>A box of whole pixels of a picture.</summary>
public readonly record struct PixelBox(int Left, int Top, int Width, int Height)
{
    /// <summary>The whole picture.</summary>
    public static PixelBox Of(RgbImage image) => new(0, 0, image.Width, image.Height);
}
