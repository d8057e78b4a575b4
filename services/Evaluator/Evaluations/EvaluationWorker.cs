using System.Diagnostics;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Messages;
using AspireFed.Evaluator.Reports;
using AspireFed.Ledger;
using AspireFed.Ledger.Faults;
using AspireFed.ServiceDefaults;
using MassTransit;
using Polly;

namespace AspireFed.Evaluator.Evaluations;

/// <summary>Evaluates the models that wait, one after another, and tells what came of each.</summary>
internal sealed class EvaluationWorker(
    EvaluationQueue queue, ExperimentLedger ledger, RoundEvaluation evaluation, ReconstructionReport pictures,
    ResultsReport report, IBus bus, TimeProvider time,
    ILogger<EvaluationWorker> logger) : BackgroundService
{
    private static readonly TimeSpan PatienceOfOneTry = TimeSpan.FromSeconds(30);

    private readonly ResiliencePipeline _patience = Patience.Of(
        time, MayPass,
        (delay, fault) => logger.LogWarning(
            "An evaluation is tried again in {Delay:0.0} s: {Reason}", delay.TotalSeconds, fault.Message),
        tries: 8);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var (model, trace) = await queue.TakeAsync(stoppingToken);
            using var activity = Telemetry.Activities.StartActivity("evaluate", ActivityKind.Internal, trace);
            activity?.SetTag("aspirefed.round", model.Key.ToString());
            try
            {
                await _patience.ExecuteAsync(async stop => await EvaluateAsync(model, stop), stoppingToken);
            }
            catch (InputException e)
            {
                await FailAsync(model, activity, e.Message, stoppingToken);
            }
            catch (ObjectStoreException e) when (e.IsAboutTheObject)
            {
                await FailAsync(model, activity, e.Message, stoppingToken);
            }
            catch (Exception e) when (MayPass(e))
            {
                PutOff(model, e);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                logger.LogError(e, "The evaluation of {Round} fails", model.Key);
                var reason = $"The evaluation of {model.Key} failed with {e.GetType().Name}: {e.Message.ReplaceLineEndings(" ")}";
                await FailAsync(model, activity, reason, stoppingToken);
            }
        }
    }

    private async Task EvaluateAsync(GlobalModelPublished model, CancellationToken cancel)
    {
        var experiment = await ledger.GetAsync<ExperimentRecord>(model.Spec.Name, cancel);
        var ofFinetuning = model.Key.Stage == Stage.Finetune;
        if (ofFinetuning)
        {
            await foreach (var earlier in evaluation.CatchUpAsync(experiment, model.Key.Round, cancel))
                if (earlier.Key != model.Key) await TellAsync(earlier, last: false, cancel);
        }
        if (model.Last)
        {
            await pictures.WriteAsync(experiment, cancel);
            FaultHook.Reach(FaultPoint.ResultsDue);
            await report.WriteAsync(experiment, cancel);
        }
        var metrics = ofFinetuning ? await ledger.ReadAsync<RoundMetrics>(ObjectNames.Metrics(model.Key), cancel) : null;
        if (metrics is not null) await TellAsync(metrics, model.Last, cancel);
        else if (model.Last) await PublishAsync(Without(model, failure: null), cancel);
    }

    private Task TellAsync(RoundMetrics metrics, bool last, CancellationToken cancel) =>
        PublishAsync(new ModelEvaluated(metrics.Key, metrics.Overall.Top1, metrics.Overall.BalancedAccuracy, last, Failure: null), cancel);

    private async Task FailAsync(GlobalModelPublished model, Activity? activity, string reason, CancellationToken cancel)
    {
        logger.LogWarning("{Round} cannot be evaluated: {Reason}", model.Key, reason);
        activity?.SetStatus(ActivityStatusCode.Error, reason);
        try
        {
            await _patience.ExecuteAsync(async stop => await PublishAsync(Without(model, reason), stop), cancel);
        }
        catch (Exception e) when (MayPass(e))
        {
            PutOff(model, e);
        }
    }

    private static bool MayPass(Exception e) => e is ObjectStoreException or TimeoutException or MassTransitException;

    // The store or the broker is away for long. The Aggregator asks again while an answer is missing.
    private void PutOff(GlobalModelPublished model, Exception e) => logger.LogError(e, "The evaluation of {Round} is put off", model.Key);

    /// <summary>An answer without metrics.</summary>
    private static ModelEvaluated Without(GlobalModelPublished model, string? failure) =>
        new(model.Key, Top1: 0, BalancedAccuracy: 0, model.Last, failure);

    private Task PublishAsync(ModelEvaluated evaluated, CancellationToken cancel) =>
        bus.PublishAsync(evaluated, PatienceOfOneTry, time, cancel);
}
