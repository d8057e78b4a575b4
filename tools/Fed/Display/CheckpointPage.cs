using System.Globalization;
using AspireFed.Weights;
using Spectre.Console;

namespace AspireFed.Fed.Display;

/// <summary>What a file of weights holds: tensors, metadata, and what was left out.</summary>
internal static class CheckpointPage
{
    private const int MaxText = 200;

    public static void Write(IAnsiConsole console, Checkpoint checkpoint)
    {
        console.MarkupLineInterpolated(
            $"{Kind(checkpoint.Kind)}: {checkpoint.Tensors.Count} tensors, {Figures.Bytes(checkpoint.Tensors.Sum(tensor => tensor.Length))}");
        if (checkpoint.Tensors.Count > 0) console.Write(Tensors(checkpoint.Tensors));
        if (checkpoint.Metadata.Count > 0) console.Write(Metadata(checkpoint.Metadata));
        WriteLeftOut(console, checkpoint.Notes);
    }

    public static void WriteLeftOut(IAnsiConsole console, IReadOnlyList<string> notes)
    {
        foreach (string note in notes) console.MarkupLineInterpolated($"[yellow]note[/] {Plain(note)}");
    }

    private static Table Tensors(IReadOnlyList<CheckpointTensor> tensors)
    {
        var table = new Table().Border(TableBorder.Simple)
            .AddColumns("tensor", "type", "shape")
            .AddColumn("bytes", column => column.RightAligned());
        foreach (var tensor in tensors)
        {
            table.AddRow(
                Figures.Plain(Plain(tensor.Name)), Figures.Plain(tensor.Type.ToString()),
                Figures.Plain($"[{string.Join(", ", tensor.Shape)}]"), Figures.Plain(tensor.Length.ToString(CultureInfo.InvariantCulture)));
        }
        return table;
    }

    private static Table Metadata(IReadOnlyDictionary<string, string> metadata)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("metadata", "value");
        foreach (var (key, value) in metadata) table.AddRow(Figures.Plain(Plain(key)), Figures.Plain(Plain(value)));
        return table;
    }

    private static string Kind(CheckpointKind kind) => kind switch
    {
        CheckpointKind.Safetensors => "safetensors",
        CheckpointKind.TorchZip => "PyTorch, zip archive",
        CheckpointKind.TorchLegacy => "PyTorch, before 1.6",
        _ => "plain pickle",
    };

    /// <summary>Text from a file, short, and without characters that steer the terminal.</summary>
    private static string Plain(string text)
    {
        string plain = string.Concat(text.Take(MaxText).Select(c => char.IsControl(c) ? ' ' : c));
        return text.Length > MaxText ? $"{plain}..." : plain;
    }
}
