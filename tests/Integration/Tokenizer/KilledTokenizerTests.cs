using System.Net;
using AspireFed.Contracts.Messages;
using AspireFed.Contracts.Specs;
using AspireFed.Tests.Integration.Infrastructure;
using AspireFed.Tests.Integration.Processes;

namespace AspireFed.Tests.Integration.Tokenizer;

/// <summary>The tokenizer as a process, asked by a trainer process that pre-trains BEiT.</summary>
public sealed class KilledTokenizerTests(ServersFixture servers)
{
    [Fact]
    public async Task A_round_goes_through_a_tokenizer_that_is_killed_meanwhile_and_gives_the_same_bytes()
    {
        var (grpc, probes) = (ServiceProcess.FreePort(), ServiceProcess.FreePort());
        await using var tokenizer = new ServiceProcess("Tokenizer", new Dictionary<string, string>
        {
            ["ConnectionStrings__objectstore"] = servers.ObjectStore,
            ["Kestrel__Endpoints__http__Url"] = $"http://127.0.0.1:{grpc}",
            ["Kestrel__Endpoints__health__Url"] = $"http://127.0.0.1:{probes}",
            ["Kestrel__Endpoints__health__Protocols"] = "Http1",
        });
        tokenizer.Start();
        await using var federation = await Federation.StartAsync(servers, ModelFamily.Beit, new Uri($"http://127.0.0.1:{grpc}"));
        await using var spared = await Federation.StartAsync(servers, ModelFamily.Beit, new Uri($"http://127.0.0.1:{grpc}"));
        var initial = await spared.TrainAsync(spared.Round(0), start: null);
        var expected = await spared.TrainAsync(spared.Round(1), initial.Weights);

        await federation.AskAsync(federation.Round(1), initial.Weights);
        await federation.Progress.NextAsync(progress => progress.Key == federation.Round(1) && progress.Phase == TrainingPhase.Training);
        await tokenizer.KillAsync();
        tokenizer.Start();

        Assert.Equal(expected.Weights.Sha256, (await federation.AnswerAsync(federation.Round(1))).Weights.Sha256);
        using var http = new HttpClient();
        var health = await http.GetAsync(new Uri($"http://127.0.0.1:{probes}/health"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
    }
}
