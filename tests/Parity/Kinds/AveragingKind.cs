using System.Text.Json;
using AspireFed.Tests.Parity.Federated;
using AspireFed.Tests.Parity.Recordings;
using AspireFed.Weights;
using static TorchSharp.torch;

namespace AspireFed.Tests.Parity.Kinds;

/// <summary>The weighted average of several clients' models.</summary>
internal sealed class AveragingKind() : CaseKind("averaging")
{
    public override bool Fits(Recording recording) =>
        recording.Config.TryGetProperty("client_sizes", out _) && recording.Config.TryGetProperty("order", out _);

    public override void Check(Recording recording)
    {
        var clients = recording.Config.GetProperty("order").Deserialize<string[]>()!;
        var sizes = recording.Config.GetProperty("client_sizes").Deserialize<double[]>()!;
        var marker = $".{clients[0]}.";
        var models = recording.Names.Where(name => name.Contains(marker, StringComparison.Ordinal))
            .Select(name => name[..name.IndexOf(marker, StringComparison.Ordinal)]).Distinct().ToList();
        foreach (var model in models)
        {
            var names = recording.NamesUnder($"{model}.server_after.").ToList();
            var buffers = names.Where(name => IsBuffer(recording, model, name)).ToHashSet();
            recording.LeaveOut(
                name => name.StartsWith(model + ".", StringComparison.Ordinal)
                    && buffers.Any(buffer => name.EndsWith($".{buffer}", StringComparison.Ordinal)),
                "the reference leaves buffers as each side has them; here an update has no buffers but indices that are equal everywhere");
            CheckAverage(recording, model, [.. names.Where(name => !buffers.Contains(name))], clients, sizes);
        }
    }

    private static void CheckAverage(Recording recording, string model, IReadOnlyList<string> names, string[] clients, double[] sizes)
    {
        using var updates = new Updates();
        var files = clients.Zip(sizes).Select(client => (
            updates.Save([.. names.Select(name => (name, recording.Tensor($"{model}.{client.First}.{name}")))]), client.Second)).ToList();
        using var average = SafetensorsFile.Open(updates.Average(files));
        foreach (var name in names)
        {
            var ours = tensor(average.Read<float>(name)).reshape([.. recording.Shape($"{model}.server_after.{name}")]);
            recording.Hold($"{model}.server_after.{name}", ours, "parameters");
            // What clients have afterwards is what the server has; what it had before does not count.
            foreach (var after in clients.Select(client => $"{model}.{client}_after.{name}").Where(recording.Has))
                recording.Hold(after, ours, "parameters");
            if (recording.Has($"{model}.server_before.{name}")) recording.Tensor($"{model}.server_before.{name}");
        }
    }

    /// <summary>What the reference does not average: whole numbers, and what its server keeps.</summary>
    private static bool IsBuffer(Recording recording, string model, string name)
    {
        var after = recording.Peek($"{model}.server_after.{name}");
        if (after.dtype != ScalarType.Float32) return true;
        var before = $"{model}.server_before.{name}";
        return recording.Has(before) && after.equal(recording.Peek(before)).all().item<bool>();
    }
}
