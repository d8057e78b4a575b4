namespace AspireFed.Imaging.Phantoms;

/// <summary>A colour, each channel from 0 to 1.</summary>
internal readonly record struct Tint(double Red, double Green, double Blue)
{
    public static Tint operator *(Tint tint, double factor) => new(tint.Red * factor, tint.Green * factor, tint.Blue * factor);
}
