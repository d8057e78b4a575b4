using AspireFed.Contracts.Specs;
using AspireFed.Tests.Integration.Infrastructure;
using AspireFed.Tests.Integration.Processes;

namespace AspireFed.Tests.Integration.ClientTrainer;

/// <summary>A trainer process whose state folder is a small disk of its own, which a test fills.</summary>
public sealed class FullDiskTests(ServersFixture servers)
{
    private static readonly string[] OnSmallDisk =
        ["unshare", "-Urm", "sh", "-c", "mount -t tmpfs -o size=64m tmpfs \"$Trainer__State\" && exec \"$@\"", "sh"];

    [Fact]
    public async Task A_disk_that_is_full_keeps_the_trainer_waiting_and_changes_nothing()
    {
        Assert.SkipUnless(
            await Capability.HasAsync("unshare", "-Urm", "mount", "-t", "tmpfs", "tmpfs", "/tmp"),
            "This user may not give a process a disk of its own.");
        await using var roomy = await Federation.StartAsync(servers, ModelFamily.Mae);
        await using var full = await Federation.StartAsync(servers, ModelFamily.Mae, tokenizer: null, OnSmallDisk);
        var start = (await roomy.TrainAsync(roomy.Round(0), start: null)).Weights;
        var expected = await roomy.TrainAsync(roomy.Round(1), start);
        await full.TrainAsync(full.Round(0), start: null);
        var disk = $"/proc/{full.Trainer.Id}/root{full.State}";
        var filler = Path.Combine(disk, "filler");
        // Room for the global weights, but for no save of all that training holds, and for no update beside the weights.
        Fill(filler, new DriveInfo(disk).AvailableFreeSpace - (start.Size * 3 / 2));

        await full.AskAsync(full.Round(1), start);
        await full.Trainer.SaysAsync("cannot save how far it is");
        await full.Trainer.SaysAsync("The disk of the state folder", full.State, "is full");
        File.Delete(filler);

        var update = await full.AnswerAsync(full.Round(1));
        Assert.Equal(expected.Weights.Sha256, update.Weights.Sha256);
        Assert.Equal((expected.Samples, expected.Images, expected.Loss), (update.Samples, update.Images, update.Loss));
    }

    private static void Fill(string path, long bytes)
    {
        using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, preallocationSize: bytes);
    }
}
