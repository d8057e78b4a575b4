using System.Runtime.CompilerServices;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Ledger;
using AspireFed.Ledger.Faults;
using AspireFed.Training;

namespace AspireFed.Evaluator.Evaluations;

/// <summary>Brings the metrics of the fine-tuning rounds into the ledger, in the order of the rounds.</summary>
internal sealed class RoundEvaluation(
    ExperimentLedger ledger, ModelEvaluator evaluator, EvaluatorSettings settings, ILogger<RoundEvaluation> logger)
{
    /// <summary>
    /// Evaluates this committed round, and every one before it, that the spec asks for and that has no metrics yet: messages may have been
    /// lost, and the ledger is the truth.
    /// </summary>
    /// <exception cref="InputException">The test images or the weights are at fault, or the weights are no longer there.</exception>
    public async IAsyncEnumerable<RoundMetrics> CatchUpAsync(
        ExperimentRecord experiment, int round, [EnumeratorCancellation] CancellationToken cancel)
    {
        if (experiment.Spec.Finetune is not { } finetune) yield break;
        var present = (await ledger.Store.ListAsync(ObjectNames.RoundsPrefix(experiment.Id, Stage.Finetune), cancel)).ToHashSet();
        for (var earlier = 0; earlier <= round; earlier++)
        {
            var key = new RoundKey(experiment.Id, Stage.Finetune, earlier);
            if (!experiment.Spec.Evaluate.Includes(earlier, finetune.Rounds)) continue;
            if (present.Contains(ObjectNames.Metrics(key))) continue;
            var toldOf = earlier == round; // it is there, whether or not the store lists it yet
            if (!present.Contains(ObjectNames.GlobalWeights(key))
                && !(toldOf && await ledger.Store.HashAsync(ObjectNames.GlobalWeights(key), cancel) is not null))
            {
                if (toldOf) throw new InputException($"The model of {key} is no longer in the store, since the spec's `keep` has dropped it.");
                logger.LogWarning("{Round} is left out: its model is no longer in the store", key);
                continue;
            }
            yield return await EvaluateAsync(experiment, key, cancel);
        }
    }

    private async Task<RoundMetrics> EvaluateAsync(ExperimentRecord experiment, RoundKey key, CancellationToken cancel)
    {
        var commit = await ledger.GetAsync<RoundCommit>(ObjectNames.Commit(key), cancel);
        Directory.CreateDirectory(settings.Scratch);
        var weights = Path.Combine(settings.Scratch, $"{Guid.NewGuid():N}.safetensors");
        try
        {
            await ledger.Store.GetFileAsync(commit.Global, weights, cancel);
            var metrics = await Task.Run(() => evaluator.EvaluateAsync(experiment, key, weights, cancel), cancel);
            await ledger.WriteAsync(ObjectNames.Metrics(key), metrics, cancel);
            FaultHook.Reach(FaultPoint.MetricsWritten);
            logger.LogInformation("{Round}: top-1 {Top1:0.0000}, balanced accuracy {Balanced:0.0000} on {Images} images",
                key, metrics.Overall.Top1, metrics.Overall.BalancedAccuracy, metrics.Overall.Images);
            return metrics;
        }
        finally
        {
            File.Delete(weights);
        }
    }
}
