using AspireFed.Weights;

namespace AspireFed.Tests.Unit.Weights.Torch;

/// <summary>Checkpoints that the reference wrote, each with a safetensors twin.</summary>
public sealed class ReferenceCheckpointTests
{
    [Fact]
    public void Every_PyTorch_file_of_the_reference_holds_the_tensors_of_its_twin()
    {
        string[] paths = [.. Directory.GetFiles(ParityFiles.Folder(), "*", SearchOption.AllDirectories).Where(IsTorch)];
        Assert.NotEmpty(paths);
        foreach (var path in paths)
        {
            using var checkpoint = CheckpointFile.Open(path);
            using var twin = CheckpointFile.Open(Twin(path));
            // A training checkpoint has its model beside the optimizer's state; the twin is the model alone.
            var prefix = checkpoint.Tensors.Any(tensor => tensor.Name.StartsWith("model.", StringComparison.Ordinal)) ? "model." : "";
            SameTensors.Check(twin, checkpoint, prefix);
        }
    }

    [Fact]
    public void The_settings_and_the_optimizer_of_a_training_checkpoint_are_named_where_they_are_left_out()
    {
        string[] paths = Directory.GetFiles(ParityFiles.Folder(), "pretrain-checkpoint.pth", SearchOption.AllDirectories);
        Assert.NotEmpty(paths);
        foreach (var path in paths)
        {
            using var checkpoint = CheckpointFile.Open(path);
            Assert.True(checkpoint.Metadata.ContainsKey("epoch"));
            Assert.Contains(checkpoint.Notes, note => note.StartsWith("args: an object of argparse.Namespace", StringComparison.Ordinal));
            Assert.Contains(checkpoint.Tensors, tensor => tensor.Name.StartsWith("optimizer.state.", StringComparison.Ordinal));
        }
    }

    private static bool IsTorch(string path) => Path.GetExtension(path) is ".pth" or ".pkl";

    /// <summary>encoder.pkl, encoder-legacy.pkl and encoder-2021.pkl are one module in three encodings.</summary>
    private static string Twin(string path)
    {
        var twin = Path.ChangeExtension(path, ".safetensors");
        if (File.Exists(twin)) return twin;
        var name = Path.GetFileNameWithoutExtension(path);
        return Path.Combine(Path.GetDirectoryName(path)!, $"{name[..name.LastIndexOf('-')]}.safetensors");
    }
}
