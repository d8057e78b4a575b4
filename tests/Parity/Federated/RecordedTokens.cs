using AspireFed.Tests.Parity.Kinds;
using AspireFed.Tests.Parity.Recordings;
using static TorchSharp.torch;

namespace AspireFed.Tests.Parity.Federated;

/// <summary>The tokens of a federated run are those of a tokenizer whose recording lies beside it.</summary>
internal static class RecordedTokens
{
    private const string Pictures = ".tokenizer_images";

    public static void Check(Recording recording)
    {
        var batches = recording.Names.Where(name => name.EndsWith(Pictures, StringComparison.Ordinal))
            .Select(name => name[..^Pictures.Length]).ToList();
        if (batches.Count == 0) return;
        var vocabulary = recording.Config.GetProperty("model").GetProperty("vocab_size").GetInt32();
        var tokenizers = Directory.EnumerateDirectories(Path.GetDirectoryName(recording.Folder)!)
            .Select(folder => new Recording(folder)).Where(other => new DalleKind().Fits(other)).ToList();
        var encoders = tokenizers.Select(DalleKind.Encoder).Where(encoder => encoder.Vocabulary == vocabulary).ToList();
        if (encoders.Count == 0)
            recording.LeaveOut(
                name => name.EndsWith(Pictures, StringComparison.Ordinal), "no tokenizer with so many tokens is recorded here");
        else if (!encoders.Any(encoder => batches.TrueForAll(batch => Agrees(recording, encoder, batch))))
            recording.Verdict.Differ("no recorded tokenizer gives the recorded tokens");
        encoders.ForEach(encoder => encoder.Dispose());
        tokenizers.ForEach(tokenizer => tokenizer.Dispose());
    }

    private static bool Agrees(Recording recording, Models.DalleEncoder encoder, string batch)
    {
        using var _ = no_grad();
        var pictures = recording.Tensor(batch + Pictures);
        // The recording holds what the encoder saw, which is mapped already.
        var tokens = encoder.Forward(pictures).argmax(1).flatten(1);
        return tokens.equal(recording.Tensor($"{batch}.token_ids")).all().item<bool>();
    }
}
