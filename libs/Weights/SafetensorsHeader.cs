using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AspireFed.Weights;

/// <summary>
/// What a safetensors file says about itself: its tensors, in the order in which the file names them, and its metadata.
/// Layout: 8 bytes little-endian length of the JSON, the JSON padded with spaces, the tensors' bytes without a gap.
/// </summary>
public sealed class SafetensorsHeader
{
    private readonly Dictionary<string, TensorEntry> _byName;

    internal SafetensorsHeader(IReadOnlyList<TensorEntry> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        Tensors = tensors;
        Metadata = metadata;
        DataLength = tensors.Sum(tensor => tensor.Length);
        _byName = tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
    }

    public IReadOnlyList<TensorEntry> Tensors { get; }

    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Bytes of all tensors together.</summary>
    public long DataLength { get; }

    /// <summary>The tensor of this name, or null.</summary>
    public TensorEntry? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>
    /// Lays tensors out in the order given, but those of wider elements first: that keeps every tensor aligned to its elements, without
    /// which PyTorch cannot view it.
    /// </summary>
    /// <exception cref="ArgumentException">Two tensors have one name, or a size is negative or too large.</exception>
    public static SafetensorsHeader Create(
        IEnumerable<(string Name, TensorType Type, IReadOnlyList<long> Shape)> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        List<TensorEntry> entries = [];
        long offset = 0;
        foreach (var (name, type, shape) in tensors.OrderByDescending(tensor => tensor.Type.Size()))
        {
            var length = SafetensorsFormat.ByteLength(type, shape)
                ?? throw new ArgumentException($"The tensor {name} cannot be that large.");
            if (name == SafetensorsFormat.MetadataKey) throw new ArgumentException($"No tensor can be called {name}.");
            entries.Add(new TensorEntry(name, type, shape, offset, length));
            offset = checked(offset + length);
        }
        return new SafetensorsHeader(entries, metadata);
    }

    /// <summary>The same tensors in the same places under other metadata.</summary>
    public SafetensorsHeader WithMetadata(IReadOnlyDictionary<string, string> metadata) => new(Tensors, metadata);

    /// <summary>
    /// The bytes before the data: length, JSON with metadata in ordinal order of its keys, and spaces up to a multiple of 8. Equal headers
    /// give equal bytes.
    /// </summary>
    public byte[] Encode()
    {
        using var buffer = new MemoryStream();
        buffer.Write(stackalloc byte[sizeof(ulong)]);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            if (Metadata.Count > 0) WriteMetadata(json);
            foreach (var tensor in Tensors) WriteTensor(json, tensor);
            json.WriteEndObject();
        }
        while (buffer.Length % SafetensorsFormat.Alignment != 0) buffer.WriteByte((byte)' ');
        var bytes = buffer.ToArray();
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)(bytes.Length - sizeof(ulong)));
        return bytes;
    }

    private void WriteMetadata(Utf8JsonWriter json)
    {
        json.WriteStartObject(SafetensorsFormat.MetadataKey);
        foreach (var (key, value) in Metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal)) json.WriteString(key, value);
        json.WriteEndObject();
    }

    private static void WriteTensor(Utf8JsonWriter json, TensorEntry tensor)
    {
        json.WriteStartObject(tensor.Name);
        json.WriteString("dtype", tensor.Type.ToString());
        json.WriteStartArray("shape");
        foreach (var side in tensor.Shape) json.WriteNumberValue(side);
        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(tensor.Offset);
        json.WriteNumberValue(tensor.Offset + tensor.Length);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
