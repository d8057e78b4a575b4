using System.Text.Json;
using AspireFed.Contracts;
using AspireFed.Models;
using AspireFed.Tests.Parity.Kinds;
using AspireFed.Tests.Parity.Recordings;
using AspireFed.Training;
using AspireFed.Training.Optimization;
using TorchSharp;
using static TorchSharp.torch;

namespace AspireFed.Tests.Parity.Federated;

/// <summary>
/// Whole federated runs, batch by batch. Where the reference fell short of what it meant, both are recorded: what it meant is what this
/// code does, what it did is replayed with its own rates. The integration tests replay the runs through the services.
/// </summary>
internal sealed class FederatedKind() : CaseKind("federated run")
{
    public override bool Fits(Recording recording) => RecordedRun.IsIn(recording);

    public override void Check(Recording recording)
    {
        var run = new RecordedRun(recording);
        Replay(recording, run, run.StepsFile, run.Outputs, asRecorded: false);
        if (run.HasIntended) Replay(recording, run, "steps.json", "out.", asRecorded: true);
        RecordedTokens.Check(recording);
    }

    private static void Replay(Recording recording, RecordedRun run, string stepsFile, string outputs, bool asRecorded)
    {
        var steps = recording.Json(stepsFile).EnumerateArray().ToList();
        var order = run.Clients.Select(client => client.List).ToList();
        using var updates = new Updates();
        var clients = order.Select(_ => new RecordedClient(run, asRecorded ? steps[0] : null)).ToList();
        var global = recording.Weights("initial.safetensors");

        foreach (var round in steps.GroupBy(step => step.GetProperty("round").GetInt32()))
        {
            List<(string, double)> trained = [];
            foreach (var own in round.GroupBy(step => order.IndexOf(step.GetProperty("client").GetString()!)))
            {
                var client = clients[own.Key];
                ModelFile.Load(client.Model, global);
                foreach (var step in own)
                    Step(recording, run, client, step, own.Key, own.Count() / run.Spec.LocalEpochs, asRecorded);
                recording.HoldParameters(client.Model, $"{outputs}r{round.Key}.c{own.Key}.before_average.", "average");
                trained.Add((updates.Save(client.Model), run.Clients[own.Key].Images));
            }
            global = updates.Average(trained);
            ModelFile.Load(clients[0].Model, global);
            recording.HoldParameters(clients[0].Model, $"{outputs}r{round.Key}.average.", "average");
            if (run.Stage == Stage.Finetune) Evaluate(recording, run, clients[0].Model, round.Key);
        }
        clients.ForEach(client => client.Dispose());
    }

    private static void Step(
        Recording recording, RecordedRun run, RecordedClient client, JsonElement step, int index, int stepsPerEpoch, bool asRecorded)
    {
        var (round, epoch, number) = (Whole(step, "round"), Whole(step, "inner_epoch"), Whole(step, "step"));
        var prefix = $"r{round}.c{index}.e{epoch}.s{number}";
        var rates = RecordedClient.Numbers(step, "lr").Order().ToArray();
        var rate = rates[^1];
        // With several epochs a round the reference goes through the same rates again, or past them; here they follow one curve.
        if (!asRecorded && run.Spec.LocalEpochs == 1)
        {
            rate = LearningRateSchedule.At(run.Family, run.Spec, round + 1, epoch, number, stepsPerEpoch);
            var ours = client.Groups.Select(group => rate * group.LearningRateScale).Order().ToArray();
            recording.Verdict.Hold($"rates of {prefix}", rates, ours, recording.Verdict.Stated("lr"));
        }
        var decays = client.Groups.Select(group => group.WeightDecay).Order();
        recording.Verdict.SameAll($"weight decays of {prefix}", RecordedClient.Numbers(step, "wd").Order(), decays);

        using var batch = run.CreateBatch(round, index, epoch, number);
        var tolerance = recording.Verdict.Stated("loss");
        recording.Verdict.Hold($"loss of {prefix}", step.GetProperty("loss").GetDouble(), client.Step(batch, rate), tolerance);
        var norm = step.GetProperty("grad_norm_before_clip").GetDouble();
        var used = run.Spec.ClipNorm > 0 ? Math.Min(norm, run.Spec.ClipNorm) : norm;
        recording.Verdict.Hold($"gradient of {prefix}", used, client.GradientNorm, tolerance);
    }

    private static void Evaluate(Recording recording, RecordedRun run, VisionModel model, int round)
    {
        if (!recording.Case.TryGetProperty("test_after_each_round", out var recorded)) return;
        var (images, labels) = (recording.Tensor("in.test.images"), recording.Values<long>("in.test.labels"));
        model.eval();
        var tally = new ClassificationTally(run.Classes);
        using (no_grad())
        {
            var logits = ((ImageClassifier)model).Forward(images).data<float>().ToArray();
            for (var i = 0; i < labels.Length; i++) tally.Add((int)labels[i], logits.AsSpan(i * run.Classes, run.Classes));
        }
        model.train();
        var (metrics, tolerance) = (tally.Metrics(), recording.Verdict.Stated("loss"));
        recording.Verdict.Hold($"test loss of round {round}", recorded[round].GetProperty("loss").GetDouble(), metrics.Loss, tolerance);
        recording.Verdict.Hold(
            $"test accuracy of round {round}", recorded[round].GetProperty("acc1").GetDouble(), 100 * metrics.Top1, tolerance);
    }

    private static int Whole(JsonElement of, string name) => of.GetProperty(name).GetInt32();
}
