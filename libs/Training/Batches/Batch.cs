using System.Buffers;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace AspireFed.Training.Batches;

/// <summary>The images of one step as the model takes them, in memory that is lent from a pool until the batch is disposed.</summary>
public abstract class Batch : IDisposable
{
    private readonly float[] _pixels;
    private readonly int _side;

    /// <param name="planned">Which step it is for.</param>
    /// <param name="side">Side of the square images.</param>
    protected Batch(PlannedBatch planned, int side)
    {
        (Epoch, Step, Count, _side) = (planned.Epoch, planned.Step, planned.Images.Count, side);
        _pixels = ArrayPool<float>.Shared.Rent(Count * PixelsOfImage);
    }

    /// <summary>Local epoch in the round, from 0.</summary>
    public int Epoch { get; }

    /// <summary>Step in the epoch, from 0.</summary>
    public int Step { get; }

    /// <summary>Number of images.</summary>
    public int Count { get; }

    /// <summary>The normalised values of one image, [3, side, side], to be filled.</summary>
    public Span<float> Pixels(int image) => _pixels.AsSpan(image * PixelsOfImage, PixelsOfImage);

    /// <summary>[count, 3, side, side].</summary>
    public Tensor Images(Device device) => ToTensor<float>(_pixels.AsSpan(0, Count * PixelsOfImage), device, Count, 3, _side, _side);

    public void Dispose()
    {
        ArrayPool<float>.Shared.Return(_pixels);
        GC.SuppressFinalize(this);
    }

    /// <summary>Copies values into a new tensor.</summary>
    protected static Tensor ToTensor<T>(ReadOnlySpan<T> values, Device device, params ReadOnlySpan<long> shape) where T : unmanaged
    {
        var tensor = empty(shape, TypeOf<T>());
        MemoryMarshal.AsBytes(values).CopyTo(tensor.bytes);
        return device.type == DeviceType.CPU ? tensor : tensor.to(device);
    }

    private int PixelsOfImage => 3 * _side * _side;

    private static ScalarType TypeOf<T>() => default(T) switch
    {
        float => ScalarType.Float32,
        long => ScalarType.Int64,
        bool => ScalarType.Bool,
        _ => throw new NotSupportedException($"{typeof(T)} has no tensor type here."),
    };
}
