using System.Text;

namespace AspireFed.Tests.Unit.Weights.Torch;

/// <summary>Puts a pickle together instruction by instruction.</summary>
internal sealed class PickleBytes
{
    private readonly List<byte> _bytes = [];

    public PickleBytes Protocol(byte protocol) => Raw(0x80, protocol);

    public byte[] Stop() => [.. Raw(".")._bytes];

    /// <summary>Instructions that are letters.</summary>
    public PickleBytes Raw(string letters) => Raw(Encoding.Latin1.GetBytes(letters));

    public PickleBytes Raw(params byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public PickleBytes Text(string text) => Raw("X").Raw(BitConverter.GetBytes(text.Length)).Raw(text);

    public PickleBytes Global(string module, string name) => Raw($"c{module}\n{name}\n");

    public PickleBytes Number(long number) => Raw(0x8a, 8).Raw(BitConverter.GetBytes(number));

    public PickleBytes Tensor(
        string key, long storageCount, long offset, long[] shape, long[] strides, string storage = "FloatStorage")
    {
        Global("torch._utils", "_rebuild_tensor_v2").Raw("((").Text("storage").Global("torch", storage).Text(key).Text("cpu");
        return Number(storageCount).Raw("tQ").Number(offset).Numbers(shape).Numbers(strides).Raw(0x89, (byte)'}', (byte)'t', (byte)'R');
    }

    private PickleBytes Numbers(long[] numbers)
    {
        Raw("(");
        foreach (var number in numbers) Number(number);
        return Raw("t");
    }
}
