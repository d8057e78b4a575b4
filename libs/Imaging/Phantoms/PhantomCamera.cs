namespace AspireFed.Imaging.Phantoms;

/// <summary>What a site's camera does to every picture.</summary>
/// <param name="Red">Gain of the red channel.</param>
/// <param name="Green">Gain of the green channel.</param>
/// <param name="Blue">Gain of the blue channel.</param>
/// <param name="Gamma">Exponent of the tone curve; below 1 is brighter.</param>
/// <param name="Field">Radius of the round field of view, in half sides; above 1.42 the picture is filled.</param>
/// <param name="Vignette">Share of the light that is lost at the edge of the picture.</param>
/// <param name="Blur">Deviation of the blur, in pixels of a 64-pixel picture.</param>
/// <param name="Noise">Deviation of the noise, as a share of full scale.</param>
internal sealed record PhantomCamera(
    double Red, double Green, double Blue, double Gamma, double Field, double Vignette, double Blur, double Noise);
