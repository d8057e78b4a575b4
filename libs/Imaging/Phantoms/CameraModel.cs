using AspireFed.Contracts.Randomness;
using AspireFed.Imaging.Pixels;

namespace AspireFed.Imaging.Phantoms;

/// <summary>Takes the photograph: blur, light that falls off, colour cast, round field of view, tone curve, noise, 8 bits.</summary>
internal static class CameraModel
{
    public static RgbImage Photograph(Canvas scene, PhantomCamera camera, RandomStream random)
    {
        var side = scene.Side;
        var light = Blur(scene.Light, side, camera.Blur * scene.Scale);
        var exposure = random.NextDouble(0.85, 1.12);
        ReadOnlySpan<double> gains = [camera.Red * exposure, camera.Green * exposure, camera.Blue * exposure];
        var pixels = new byte[light.Length];
        for (int row = 0, at = 0; row < side; row++)
        {
            for (var column = 0; column < side; column++)
            {
                var (x, y) = (((column + 0.5) * 2 / side) - 1, ((row + 0.5) * 2 / side) - 1);
                var radius = Math.Sqrt((x * x) + (y * y));
                var seen = Math.Clamp(((camera.Field - radius) * side / 2) + 0.5, 0, 1) * (1 - (camera.Vignette * radius * radius));
                for (var c = 0; c < 3; c++, at++)
                {
                    var value = Math.Pow(Math.Clamp(light[at] * gains[c] * seen, 0, 1), camera.Gamma);
                    value += camera.Noise * random.NextGaussian();
                    pixels[at] = (byte)Math.Round(Math.Clamp(value, 0, 1) * 255);
                }
            }
        }

        return new RgbImage(side, side, pixels);
    }

    /// <summary>Gaussian blur, rows then columns, the edge repeated.</summary>
    private static float[] Blur(float[] light, int side, double deviation)
    {
        var reach = (int)Math.Ceiling(3 * deviation);
        var weights = new float[(2 * reach) + 1];
        for (var i = -reach; i <= reach; i++)
            weights[i + reach] = (float)Math.Exp(-i * i / (2 * deviation * deviation));
        var sum = weights.Sum();
        foreach (ref var weight in weights.AsSpan())
            weight /= sum;
        return Pass(Pass(light, side, 3, side * 3, weights), side, side * 3, 3, weights);
    }

    private static float[] Pass(float[] from, int side, int step, int lineStep, float[] weights)
    {
        var to = new float[from.Length];
        var reach = weights.Length / 2;
        for (var line = 0; line < side; line++)
        {
            for (var i = 0; i < side; i++)
            {
                for (var c = 0; c < 3; c++)
                {
                    var sum = 0f;
                    for (var k = -reach; k <= reach; k++)
                        sum += weights[k + reach] * from[(line * lineStep) + (Math.Clamp(i + k, 0, side - 1) * step) + c];
                    to[(line * lineStep) + (i * step) + c] = sum;
                }
            }
        }

        return to;
    }
}
