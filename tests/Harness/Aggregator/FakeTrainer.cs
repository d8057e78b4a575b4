using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Threading.Channels;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Messages;
using AspireFed.Contracts.Randomness;
using AspireFed.Ledger;
using AspireFed.Weights;
using MassTransit;

namespace AspireFed.Tests.Harness.Aggregator;

/// <summary>
/// A trainer that hosts clients and answers commands at once with real safetensors files. What it "trains" depends on the start weights, the
/// client and the round alone. Tests replace its answers.
/// </summary>
internal sealed class FakeTrainer(string name, IObjectStore store, params string[] clients)
{
    public const string Set = "tiny";
    public const string Partition = "3_clients/split_1";
    private readonly ExperimentLedger _ledger = new(store);

    public string Name { get; } = name;

    public string Queue => $"trainer-{Name}";

    public ConcurrentQueue<TrainRound> Commands { get; } = [];

    public ConcurrentQueue<UpdateRefused> Refusals { get; } = [];

    /// <summary>Ids of the experiments that it was told to drop.</summary>
    public Channel<string> Dropped { get; } = Channel.CreateUnbounded<string>();

    /// <summary>Signalled at each refusal.</summary>
    public SemaphoreSlim Refused { get; } = new(0);

    /// <summary>What to do at a command instead of answering with a good update.</summary>
    public Func<TrainRound, Task>? Instead { get; set; }

    public TrainerAnnounced Announcement => new(Name, Queue, [.. clients.Select(client => new HostedClient(Id(client), 40))]);

    public static ClientId Id(string client) => new(Set, Partition, client);

    public void Connect(IReceiveEndpointConfigurator endpoint)
    {
        endpoint.Handler<TrainRound>(async context =>
        {
            Commands.Enqueue(context.Message);
            await (Instead ?? AnswerAsync)(context.Message);
        });
        endpoint.Handler<UpdateRefused>(context =>
        {
            Refusals.Enqueue(context.Message);
            Refused.Release();
            return Task.CompletedTask;
        });
        endpoint.Handler<CancelTraining>(context =>
        {
            Dropped.Writer.TryWrite(context.Message.Experiment);
            return Task.CompletedTask;
        });
    }

    /// <summary>The bus of the host that runs now.</summary>
    public IBus Bus { get; set; } = null!;

    /// <summary>Answers with a good update.</summary>
    public Task AnswerAsync(TrainRound command) => AnswerAsync(command, null);

    /// <summary>Answers with an update, after a change to its tensors.</summary>
    public async Task AnswerAsync(TrainRound command, Action<Dictionary<string, float[]>>? change)
    {
        var tensors = await TrainAsync(command);
        change?.Invoke(tensors);
        await SendAsync(command, Encode(tensors));
    }

    /// <summary>Answers with good weights and a manifest that says something else.</summary>
    public async Task ClaimAsync(TrainRound command, Func<UpdateManifest, object> claim) =>
        await SendAsync(command, Encode(await TrainAsync(command)), claim: claim);

    /// <summary>Puts content into the ledger as an update and tells the Aggregator.</summary>
    /// <param name="claim">What to write as the manifest instead of a true one.</param>
    public async Task SendAsync(TrainRound command, byte[] content, string? claimedSha256 = null, Func<UpdateManifest, object>? claim = null)
    {
        var sha256 = claimedSha256 ?? Convert.ToHexStringLower(SHA256.HashData(content));
        var weights = ObjectNames.UpdateWeights(command.Key, command.Client.Name, sha256);
        await store.PutAsync(weights, content, CancellationToken.None);
        var samples = 40 + (10 * Array.IndexOf(clients, command.Client.Name));
        var manifest = new UpdateManifest(
            command.Key, command.Client, Name, new ObjectRef(weights, sha256, content.Length), samples, command.Key.Round == 0 ? 0 : 1.0 / command.Key.Round,
            command.Key.Round == 0 ? 0 : samples, 2, 0.5, 0);
        var reference = await _ledger.WriteAsync(
            ObjectNames.UpdateManifest(command.Key, command.Client.Name, sha256), claim?.Invoke(manifest) ?? manifest, CancellationToken.None);
        await Bus.Publish(new UpdateReady(command.Key, command.Client, reference));
    }

    /// <summary>Writes a failure into the ledger and tells the Aggregator.</summary>
    public async Task FailAsync(TrainRound command, string reason)
    {
        await _ledger.WriteAsync(
            ObjectNames.Failure(command.Key, command.Client.Name), new ClientFailure(command.Key, command.Client, Name, reason), CancellationToken.None);
        await Bus.Publish(new TrainingFailed(command.Key, command.Client, reason));
    }

    public static byte[] Encode(IReadOnlyDictionary<string, float[]> tensors)
    {
        var path = Path.GetTempFileName();
        try
        {
            var header = SafetensorsHeader.Create(
                tensors.OrderBy(tensor => tensor.Key, StringComparer.Ordinal)
                    .Select(tensor => (tensor.Key, TensorType.F32, (IReadOnlyList<long>)[tensor.Value.Length])),
                new Dictionary<string, string> { ["format"] = "pt" });
            using (var writer = SafetensorsWriter.Create(path, header))
            {
                foreach (var (name, values) in tensors) writer.Write(name, MemoryMarshal.AsBytes(values.AsSpan()));
                writer.Complete();
            }
            return File.ReadAllBytes(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private async Task<Dictionary<string, float[]>> TrainAsync(TrainRound command)
    {
        var stream = RandomStream.Derive(7, command.Client.Name, command.Key.Stage.ToName(), command.Key.Round);
        float[] Noise(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)stream.NextGaussian())];
        if (command.Start is not { } start || command.Key.Round == 0)
        {
            // As with the real models, only pre-training has a mask token.
            var tensors = new Dictionary<string, float[]> { ["blocks.0.weight"] = Noise(300), ["head.bias"] = Noise(7) };
            if (command.Key.Stage == Stage.Pretrain) tensors["mask_token"] = Noise(3);
            return tensors;
        }

        var path = Path.GetTempFileName();
        try
        {
            await store.GetFileAsync(start, path, CancellationToken.None);
            using var file = SafetensorsFile.Open(path);
            return file.Header.Tensors.OrderBy(tensor => tensor.Name, StringComparer.Ordinal).ToDictionary(
                tensor => tensor.Name,
                tensor => file.Read<float>(tensor.Name).Zip(Noise((int)tensor.Count), (old, noise) => old + (0.1f * noise)).ToArray());
        }
        finally
        {
            File.Delete(path);
        }
    }
}
