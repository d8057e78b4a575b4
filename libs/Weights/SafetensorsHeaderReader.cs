using System.Text.Json;

namespace AspireFed.Weights;

/// <summary>
/// Reads a header as the official implementation does: whatever a file claims is checked against the format and the file's size before
/// anyone uses it.
/// </summary>
internal sealed class SafetensorsHeaderReader(string file, long dataLength)
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 8 };
    private static readonly Dictionary<string, TensorType> Types =
        Enum.GetValues<TensorType>().ToDictionary(type => type.ToString(), StringComparer.Ordinal);

    /// <exception cref="WeightsException">The header breaks the format.</exception>
    public SafetensorsHeader Read(ReadOnlyMemory<byte> json)
    {
        if (json.Span is not [(byte)'{', ..]) throw Fault("its header does not begin with '{'");
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(json, Strict);
        }
        catch (JsonException e)
        {
            throw new WeightsException($"The weights file {file} is damaged: its header is no valid JSON or names something twice.", e);
        }

        using (document) return Read(document);
    }

    private SafetensorsHeader Read(JsonDocument document)
    {
        try
        {
            List<TensorEntry> tensors = [];
            Dictionary<string, string> metadata = new(StringComparer.Ordinal);
            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (property.Name == SafetensorsFormat.MetadataKey) ReadMetadata(property.Value, metadata);
                else tensors.Add(ReadTensor(property.Name, property.Value));
            }
            CheckLayout(tensors);
            return new SafetensorsHeader(tensors, metadata);
        }
        catch (InvalidOperationException e)
        {
            // What JsonDocument throws for text that is no UTF-8, or half of a surrogate pair; it looks only when the text is asked for.
            throw new WeightsException($"The weights file {file} is damaged: its header holds text that is no Unicode.", e);
        }
    }

    private void ReadMetadata(JsonElement value, Dictionary<string, string> metadata)
    {
        if (value.ValueKind != JsonValueKind.Object) throw Fault("its metadata is no object");
        foreach (var pair in value.EnumerateObject())
        {
            if (pair.Value.ValueKind != JsonValueKind.String) throw Fault($"its metadata '{pair.Name}' is no text");
            metadata.Add(pair.Name, pair.Value.GetString()!);
        }
    }

    private TensorEntry ReadTensor(string name, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object) throw Fault($"the tensor {name} is not described by an object");
        TensorType? type = null;
        long[]? shape = null, offsets = null;
        foreach (var property in value.EnumerateObject())
        {
            switch (property.Name)
            {
                case "dtype": type = ReadType(name, property.Value); break;
                case "shape": shape = ReadNumbers(name, property); break;
                case "data_offsets": offsets = ReadNumbers(name, property); break;
                default: throw Fault($"the tensor {name} has an unknown property '{property.Name}'");
            }
        }
        if (type is not { } known || shape is null || offsets is not [var begin, var end])
            throw Fault($"the tensor {name} lacks its dtype, its shape or its two data_offsets");
        if (begin > end || end > dataLength)
            throw Fault($"the tensor {name} claims bytes {begin} to {end} of {dataLength}");
        if (SafetensorsFormat.ByteLength(known, shape) != end - begin)
            throw Fault($"the tensor {name} has {end - begin} bytes, which is not what {known} [{string.Join(", ", shape)}] takes");
        return new TensorEntry(name, known, shape, begin, end - begin);
    }

    private TensorType ReadType(string name, JsonElement value) =>
        value.ValueKind == JsonValueKind.String && Types.TryGetValue(value.GetString()!, out var type)
            ? type
            : throw Fault($"the tensor {name} has the unknown type {value.GetRawText()}");

    private long[] ReadNumbers(string name, JsonProperty property)
    {
        if (property.Value.ValueKind != JsonValueKind.Array) throw Fault($"the {property.Name} of the tensor {name} is no list");
        return [.. property.Value.EnumerateArray().Select(item =>
            item.ValueKind == JsonValueKind.Number && item.TryGetInt64(out var number) && number >= 0
                ? number
                : throw Fault($"the {property.Name} of the tensor {name} holds {item.GetRawText()}"))];
    }

    /// <summary>The tensors must cover the data exactly: no byte twice, none unclaimed.</summary>
    private void CheckLayout(List<TensorEntry> tensors)
    {
        long covered = 0;
        foreach (var tensor in tensors.OrderBy(tensor => tensor.Offset).ThenBy(tensor => tensor.Length))
        {
            if (tensor.Offset != covered)
                throw Fault($"the tensor {tensor.Name} begins at byte {tensor.Offset} where byte {covered} is due");
            covered += tensor.Length;
        }
        if (covered != dataLength)
            throw Fault($"its tensors cover {covered} of {dataLength} bytes, so it is cut short or has been added to");
    }

    private WeightsException Fault(string what) => new($"The weights file {file} is damaged: {Shown.Sentence(what)}.");
}
