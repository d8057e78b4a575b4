namespace AspireFed.Imaging.Pixels;

/// <summary>The kernel by which a picture is resized.</summary>
public enum ResampleFilter
{
    Bilinear,
    Bicubic,
    Lanczos,
}
