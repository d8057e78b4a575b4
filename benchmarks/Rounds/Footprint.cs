using System.Text.RegularExpressions;

namespace AspireFed.Benchmarks.Rounds;

/// <summary>What the processes and folders of the running system hold, in bytes.</summary>
internal sealed partial class Footprint(string dataFolder)
{
    private const string Mark = "ASPIREFED_RUN";

    private static readonly string[] Servers = ["redis-server", "beam.smp"];

    /// <summary>
    /// Resident memory that is a process's own (pages of files do not count), by the name of the service or server (several processes of one
    /// name are added up), and the bytes in the files of every folder of the data folder. `./bench` marks the environment of all that it
    /// starts, which is how the processes are found (Linux).
    /// </summary>
    public IReadOnlyDictionary<string, long> Measure()
    {
        Dictionary<string, long> held = [];
        void Add(string name, long bytes) => held[name] = held.GetValueOrDefault(name) + bytes;
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), out _)))
        {
            try
            {
                var status = File.ReadAllLines(Path.Combine(process, "status"));
                // Redis writes its title over its environment, so its parent's counts as well.
                if (!HasMark(process) && !HasMark($"/proc/{Value(status, "PPid")}")) continue;
                if (NameOf(File.ReadAllText(Path.Combine(process, "cmdline")).Split('\0')) is { } name) Add($"memory of {name}", 1024 * Value(status, "RssAnon"));
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                // A process that has ended meanwhile, or another user's.
            }
        }
        foreach (var folder in new DirectoryInfo(dataFolder).EnumerateDirectories())
            if (folder.Name is not "sets" and not "logs") Add($"files of {folder.Name}", SizeOf(folder));
        return held;
    }

    private static string? NameOf(IEnumerable<string> arguments)
    {
        foreach (var argument in arguments)
        {
            var last = Path.GetFileName(argument).Split(' ')[0]; // Redis writes its address behind its name
            if (Array.IndexOf(Servers, last) >= 0) return last;
            if (Service().Match(last) is { Success: true } match) return match.Groups[1].Value;
        }
        return null;
    }

    private static bool HasMark(string process) =>
        File.ReadAllText(Path.Combine(process, "environ")).Split('\0').Contains($"{Mark}={Environment.GetEnvironmentVariable(Mark)}");

    // "RssAnon:     1234 kB"; a kernel's thread has none.
    private static long Value(IEnumerable<string> status, string name) =>
        status.Where(line => line.StartsWith($"{name}:", StringComparison.Ordinal))
            .Sum(line => long.Parse(line.Split((char[])[' ', '\t', ':'], StringSplitOptions.RemoveEmptyEntries)[1]));

    private static long SizeOf(DirectoryInfo folder)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint };
        return folder.EnumerateFiles("*", options).Sum(file =>
        {
            try
            {
                return file.Length;
            }
            catch (FileNotFoundException)
            {
                return 0;
            }
        });
    }

    [GeneratedRegex(@"^AspireFed\.(Aggregator|ClientTrainer|Tokenizer|Evaluator)(\.dll)?$")]
    private static partial Regex Service();
}
