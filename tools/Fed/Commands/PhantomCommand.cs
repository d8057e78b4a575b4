using AspireFed.Contracts;
using AspireFed.Imaging.Phantoms;
using Spectre.Console;
using Spectre.Console.Cli;

namespace AspireFed.Fed.Commands;

public sealed class PhantomCommand(FedSession session) : AsyncCommand<PhantomCommandSettings>
{
    public override async Task<int> ExecuteAsync(
        CommandContext context, PhantomCommandSettings settings, CancellationToken cancellationToken)
    {
        string folder = Path.GetFullPath(settings.Out ?? DefaultFolder(session.Folder), session.Folder);
        if (settings.Force) RemoveOld(folder);
        else if (Path.Exists(folder))
            throw new InputException($"{folder} is there already; draw it again with --force, or choose another folder by --out.");
        var phantom = new PhantomSettings { Seed = settings.Seed };
        await session.Output.Progress().AutoClear(true).StartAsync(async progress =>
        {
            var bar = progress.AddTask($"Drawing {phantom.Images} pictures", maxValue: phantom.Images);
            var written = new Progress<int>(images => bar.Value = images);
            await Task.Run(() => PhantomSet.Write(folder, phantom, written, cancellationToken), cancellationToken);
        });
        session.Output.MarkupLineInterpolated($"{phantom.Images} synthetic pictures of five sites are in [bold]{folder}[/].");
        return ExitCode.Success;
    }

    private static string DefaultFolder(string folder)
    {
        for (string? at = folder; at is not null; at = Path.GetDirectoryName(at))
            if (Directory.Exists(Path.Combine(at, ".aspirefed"))) return Path.Combine(at, ".aspirefed", "sets", "phantom");
        return Path.Combine(folder, ".aspirefed", "sets", "phantom");
    }

    /// <summary>Nothing but an earlier phantom set is ever removed.</summary>
    private static void RemoveOld(string folder)
    {
        if (!Directory.Exists(folder)) return;
        string labels = Path.Combine(folder, "labels.csv");
        if (!File.Exists(labels) || !File.ReadLines(labels).All(line => line.StartsWith("phantom-", StringComparison.Ordinal)))
            throw new InputException($"{folder} is not a phantom set, so --force leaves it alone; give another folder by --out.");
        Directory.Delete(folder, recursive: true);
    }
}
