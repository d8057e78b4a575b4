namespace AspireFed.Weights;

/// <summary>Copies a checkpoint into another format, tensor by tensor.</summary>
public sealed class CheckpointConversion
{
    private readonly Checkpoint _source;
    private readonly string? _take;
    private readonly List<string> _leftOut;

    /// <param name="take">
    /// Take only what lies under this key (such as model) and drop the key from the names; without it, everything.
    /// </param>
    /// <exception cref="WeightsException">There is no tensor to take.</exception>
    public CheckpointConversion(Checkpoint source, string? take = null)
    {
        (_source, _take, _leftOut) = (source, take, [.. source.Notes]);
        var prefix = take is null ? "" : $"{take}.";
        CheckpointTensor[] taken = [.. source.Tensors.Where(tensor => tensor.Name.StartsWith(prefix, StringComparison.Ordinal))];
        if (taken.Length == 0)
        {
            throw new WeightsException(take is null
                ? $"The weights file {source.Path} has no tensors."
                : $"The weights file {source.Path} has no tensors under the key {take}; `fed checkpoint show` lists what it has.");
        }
        Tensors = [.. taken.Select(tensor => tensor with { Name = tensor.Name[prefix.Length..] })];
        if (taken.Length < source.Tensors.Count) _leftOut.Add($"{source.Tensors.Count - taken.Length} tensors are not under the key {take}");
    }

    /// <summary>The tensors under the names that they will have.</summary>
    public IReadOnlyList<CheckpointTensor> Tensors { get; }

    /// <summary>What the result lacks, one sentence each; complete when it has been written.</summary>
    public IReadOnlyList<string> LeftOut => _leftOut;

    /// <exception cref="WeightsException">The source was cut short, or a name is one that safetensors has for itself.</exception>
    public void WriteSafetensors(string path, CancellationToken cancel = default)
    {
        if (Tensors.Any(tensor => tensor.Name == SafetensorsFormat.MetadataKey))
            throw new WeightsException($"The weights file {_source.Path} has a tensor {SafetensorsFormat.MetadataKey}, which safetensors cannot name.");
        var header = SafetensorsHeader.Create(Tensors.Select(tensor => (tensor.Name, tensor.Type, tensor.Shape)), _source.Metadata);
        using var writer = SafetensorsWriter.Create(path, header);
        foreach (var tensor in Tensors)
        {
            var entry = header.Find(tensor.Name)!;
            long written = 0;
            foreach (var chunk in Chunks(tensor, cancel))
            {
                writer.Write(entry, written, chunk.Span);
                written += chunk.Length;
            }
        }
        writer.Complete();
    }

    /// <param name="key">Put the tensors under this key, with the metadata beside it; without it the file is the state dict alone.</param>
    /// <exception cref="WeightsException">The source was cut short, or is too large for the format.</exception>
    public void WriteTorch(string path, string? key, CancellationToken cancel = default)
    {
        // Whoever loads a bare state dict takes every entry for a tensor.
        if (key is null && _source.Metadata.Count > 0)
            _leftOut.Add($"metadata ({string.Join(", ", _source.Metadata.Keys.Select(Shown.Text))}): a state dict without a key has no place for it");
        var metadata = _source.Metadata.Where(pair => pair.Key != key).ToDictionary(pair => pair.Key, pair => pair.Value);
        using var writer = TorchWriter.Create(path, Tensors, key, metadata);
        foreach (var tensor in Tensors)
            foreach (var chunk in Chunks(tensor, cancel)) writer.Write(tensor, chunk.Span);
        writer.Complete();
    }

    private IEnumerable<ReadOnlyMemory<byte>> Chunks(CheckpointTensor tensor, CancellationToken cancel)
    {
        var name = _take is null ? tensor.Name : $"{_take}.{tensor.Name}";
        foreach (var chunk in _source.Chunks(_source.Find(name)!))
        {
            cancel.ThrowIfCancellationRequested();
            yield return chunk;
        }
    }
}
