namespace AspireFed.Imaging.Phantoms;

/// <summary>An ellipse by its middle, half axes and the angle of the first, in pixels of a 64-pixel picture.</summary>
internal readonly record struct Ellipse(double X, double Y, double Length, double Width, double Angle)
{
    public static Ellipse Circle(double x, double y, double radius) => new(x, y, radius, radius, 0);
}
