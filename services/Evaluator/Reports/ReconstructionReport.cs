using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Imaging.Pixels;
using AspireFed.Ledger;
using AspireFed.Training;

namespace AspireFed.Evaluator.Reports;

/// <summary>Puts a picture of what a federatedly trained tokenizer keeps of images into the report.</summary>
internal sealed class ReconstructionReport(
    ExperimentLedger ledger, TokenizerReconstruction reconstruction, EvaluatorSettings settings, ILogger<ReconstructionReport> logger)
{
    /// <summary>Writes the picture, once; nothing where no tokenizer was trained, the spec wants no pictures, or there are no test images to show.</summary>
    public async Task WriteAsync(ExperimentRecord experiment, CancellationToken cancel)
    {
        if (experiment.Spec.Tokenizer is not { } tokenizer || !experiment.Spec.Evaluate.Pictures) return;
        var name = ObjectNames.Reconstructions(experiment.Id);
        if (await ledger.Store.GetAsync(name, cancel) is not null) return;
        var last = new RoundKey(experiment.Id, Stage.Tokenizer, tokenizer.Rounds);
        var commit = await ledger.GetAsync<RoundCommit>(ObjectNames.Commit(last), cancel);
        Directory.CreateDirectory(settings.Scratch);
        var weights = Path.Combine(settings.Scratch, $"{Guid.NewGuid():N}.safetensors");
        try
        {
            await ledger.Store.GetFileAsync(commit.Global, weights, cancel);
            var picture = await reconstruction.PaintAsync(experiment, weights, cancel);
            await ledger.Store.PutAsync(name, ImageEncoder.Png(picture), cancel);
        }
        catch (InputException e)
        {
            // A picture is no result: an experiment is not lost for the lack of it.
            logger.LogWarning("{Experiment} gets no picture of reconstructions: {Reason}", experiment.Id, e.Message);
        }
        finally
        {
            File.Delete(weights);
        }
    }
}
