using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using AspireFed.Weights;

namespace AspireFed.Tests.Unit.Weights.Torch;

/// <summary>Small whole files of every kind, to be damaged by tests.</summary>
internal static class SmallFiles
{
    private static readonly CheckpointTensor[] Tensors =
    [
        new("blocks.0.weight", TensorType.F32, [2, 3], 24), new("blocks.0.bias", TensorType.BF16, [3], 6),
        new("index", TensorType.I64, [4], 32), new("empty", TensorType.F32, [0, 5], 0),
    ];

    private static readonly Dictionary<string, string> Metadata = new() { ["stage"] = "pretrain", ["round"] = "3" };

    public static byte[] Zip(TemporaryFolder folder)
    {
        var path = folder.File("small.pth");
        using (var writer = TorchWriter.Create(path, Tensors, "model", Metadata))
        {
            foreach (var tensor in Tensors.Where(tensor => tensor.Length > 0)) writer.Write(tensor, Content(tensor));
            writer.Complete();
        }
        return File.ReadAllBytes(path);
    }

    public static byte[] Safetensors(TemporaryFolder folder)
    {
        var path = folder.File("small.safetensors");
        var header = SafetensorsHeader.Create(Tensors.Select(tensor => (tensor.Name, tensor.Type, tensor.Shape)), Metadata);
        using (var writer = SafetensorsWriter.Create(path, header))
        {
            foreach (var tensor in Tensors) writer.Write(tensor.Name, Content(tensor));
            writer.Complete();
        }
        return File.ReadAllBytes(path);
    }

    /// <summary>The same pickle as in the archive, in the container of PyTorch before 1.6.</summary>
    public static byte[] Legacy(TemporaryFolder folder)
    {
        using var archive = new ZipArchive(new MemoryStream(Zip(folder)));
        var pickle = new MemoryStream();
        using (var entry = archive.GetEntry("archive/data.pkl")!.Open()) entry.CopyTo(pickle);
        return Legacy(pickle.ToArray(), Tensors.Select((tensor, i) => ($"{i}", tensor.Length / tensor.Type.Size(), Content(tensor))));
    }

    public static byte[] Legacy(byte[] pickle, IEnumerable<(string Key, long Count, byte[] Bytes)> storages)
    {
        (string Key, long Count, byte[] Bytes)[] all = [.. storages];
        var keys = new PickleBytes().Protocol(2).Raw("](");
        foreach (var (key, _, _) in all) keys.Text(key);
        List<byte> file = [
            .. new PickleBytes().Protocol(2).Raw(0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19).Stop(),
            .. new PickleBytes().Protocol(2).Raw((byte)'M', 0xe9, 0x03).Stop(),
            .. new PickleBytes().Protocol(2).Raw("}").Text("little_endian").Raw(0x88, (byte)'s').Stop(),
            .. pickle, .. keys.Raw("e").Stop(),
        ];
        foreach (var (_, count, bytes) in all)
        {
            var length = new byte[sizeof(long)];
            BinaryPrimitives.WriteInt64LittleEndian(length, count);
            file.AddRange(length);
            file.AddRange(bytes);
        }
        return [.. file];
    }

    /// <summary>A module of protocol 4 with all that the other files lack: memo, frames, foreign objects, sets, views, numbers.</summary>
    public static byte[] Module()
    {
        var pickle = new PickleBytes().Protocol(4).Raw(0x95, 0, 1, 0, 0, 0, 0, 0, 0)
            .Global("my.net", "Net").Raw(0x94, (byte)')', 0x81, 0x94, (byte)'}', (byte)'(')
            .Text("width").Raw((byte)'K', 12).Text("rate").Raw((byte)'G', 0x3f, 0xf0, 0, 0, 0, 0, 0, 0)
            .Text("_parameters").Raw("}(").Text("weight").Tensor("0", 60, 7, [2, 3], [12, 2]).Text("bias").Raw("Nu")
            .Text("_buffers").Raw("}(").Text("kept").Tensor("0", 60, 0, [3, 2], [0, 1]).Raw("u")
            .Text("_non_persistent_buffers_set").Raw(0x8f, (byte)'(').Text("x").Raw(0x90)
            .Text("_modules").Raw("}(").Text("0").Raw((byte)'h', 0, (byte)')', 0x81, (byte)'}', (byte)'(')
            .Text("_parameters").Raw("}").Text("weight").Tensor("0", 60, 59, [], []).Raw("s").Text("_modules").Raw("}ubu")
            .Text("foreign").Global("a.b", "C").Raw(")R}").Text("k").Raw("K\u0001sb")
            .Text("list").Raw("](K\u0001NK\u0002eub").Stop();
        return Legacy(pickle, [("0", 60, new byte[240])]);
    }

    private static byte[] Content(CheckpointTensor tensor) => [.. Enumerable.Range(0, (int)tensor.Length).Select(i => (byte)(i * 7))];

    /// <summary>As numpy.savez writes two arrays.</summary>
    public static byte[] Npz()
    {
        using var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, shape, length) in new[] { ("Transformer/encoder_norm/scale", "(3,)", 12), ("head/kernel", "(2, 3)", 24) })
            {
                using var entry = zip.CreateEntry($"{name}.npy", CompressionLevel.NoCompression).Open();
                var header = $"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}".PadRight(117) + "\n";
                entry.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.Latin1.GetBytes(header), .. new byte[length]]);
            }
        }
        return file.ToArray();
    }
}
