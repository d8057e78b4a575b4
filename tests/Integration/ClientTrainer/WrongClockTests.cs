using AspireFed.Contracts.Specs;
using AspireFed.Tests.Integration.Infrastructure;
using AspireFed.Tests.Integration.Processes;

namespace AspireFed.Tests.Integration.ClientTrainer;

/// <summary>A trainer process that is made to see another time than the servers and the Aggregator.</summary>
public sealed class WrongClockTests(ServersFixture servers)
{
    // Fast and not slow: under faketime the runtime stops for ever in a past that libfaketime shows it; MinioObjectStoreFaultTests has both.
    [Fact]
    public async Task A_site_whose_clock_is_wrong_by_a_year_trains_as_any_other()
    {
        Assert.SkipUnless(
            await Capability.HasAsync("sh", "-c", "command -v faketime >/dev/null"),
            "There is no faketime, which shows a program another time; apt-get install faketime.");
        await using var right = await Federation.StartAsync(servers, ModelFamily.Mae);
        await using var wrong = await Federation.StartAsync(
            servers, ModelFamily.Mae, tokenizer: null, "env", "FAKETIME_DONT_FAKE_MONOTONIC=1", "faketime", "-f", "+1y");
        var start = (await right.TrainAsync(right.Round(0), start: null)).Weights;
        var expected = await right.TrainAsync(right.Round(1), start);

        await wrong.TrainAsync(wrong.Round(0), start: null);
        var update = await wrong.TrainAsync(wrong.Round(1), start);

        Assert.Equal(expected.Weights.Sha256, update.Weights.Sha256);
    }
}
