using System.Text.RegularExpressions;
using AspireFed.Contracts;

namespace AspireFed.ClientTrainer;

/// <summary>What a trainer's options mean, once they have been found to make sense.</summary>
public sealed partial record TrainerSettings
{
    private TrainerSettings(TrainerOptions options)
    {
        Name = options.Name;
        Roots = [.. Split(options.DataRoots, Path.PathSeparator).Select(Path.GetFullPath)];
        State = Path.GetFullPath(options.State);
        (Shard, Shards) = (options.Shard, options.Shards);
        Clients = Split(options.Clients, ',');
        AnnouncePeriod = TimeSpan.FromSeconds(options.AnnounceSeconds);
        HeartbeatPeriod = TimeSpan.FromSeconds(options.HeartbeatSeconds);
        SavePeriod = TimeSpan.FromMinutes(options.SaveMinutes);
        Tokenizer = new Uri(options.Tokenizer);
        Device = options.Device;
    }

    public string Name { get; }

    public string Queue => $"trainer-{Name}";

    public IReadOnlyList<string> Roots { get; }

    public string State { get; }

    public int Shard { get; }

    public int Shards { get; }

    public IReadOnlyList<string> Clients { get; }

    public TimeSpan AnnouncePeriod { get; }

    public TimeSpan HeartbeatPeriod { get; }

    public TimeSpan SavePeriod { get; }

    public Uri Tokenizer { get; }

    public string Device { get; }

    /// <exception cref="InputException">Names everything that is wrong.</exception>
    public static TrainerSettings Of(TrainerOptions options)
    {
        List<string> faults = [.. Faults(options)];
        return faults is [] ? new TrainerSettings(options) : throw new InputException(string.Join(Environment.NewLine, faults));
    }

    private static IEnumerable<string> Faults(TrainerOptions options)
    {
        if (!QueueSafe().IsMatch(options.Name))
            yield return $"Trainer:Name is '{options.Name}'; give a name of letters, digits, '.', '_' and '-', unique in the federation.";
        if (Split(options.DataRoots, Path.PathSeparator) is [])
            yield return $"Trainer:DataRoots is empty; give the folders that hold data sets, separated by '{Path.PathSeparator}'.";
        if (string.IsNullOrWhiteSpace(options.State))
            yield return "Trainer:State is empty; give a folder of this trainer's own, which keeps its work over a restart.";
        if (options.Shards < 1)
            yield return $"Trainer:Shards is {options.Shards}; give the number of processes that share the clients, 1 or more.";
        else if (options.Shard < 0 || options.Shard >= options.Shards)
            yield return $"Trainer:Shard is {options.Shard}; of {options.Shards} shards give one from 0 to {options.Shards - 1}.";
        if (options.AnnounceSeconds is not (>= 0.1 and <= 3600))
            yield return $"Trainer:AnnounceSeconds is {options.AnnounceSeconds}; give seconds from 0.1 to 3600.";
        if (options.HeartbeatSeconds is not (>= 0.1 and <= 3600))
            yield return $"Trainer:HeartbeatSeconds is {options.HeartbeatSeconds}; give seconds from 0.1 to 3600.";
        if (options.SaveMinutes is not (>= 0 and <= 1440))
            yield return $"Trainer:SaveMinutes is {options.SaveMinutes}; give minutes from 0 to 1440.";
        if (!Uri.TryCreate(options.Tokenizer, UriKind.Absolute, out var tokenizer) || tokenizer.Scheme is not ("http" or "https"))
            yield return $"Trainer:Tokenizer is '{options.Tokenizer}'; give the tokenizer's address, such as http://tokenizer.";
    }

    private static string[] Split(string list, char separator) =>
        list.Split(separator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    [GeneratedRegex("^[A-Za-z0-9._-]{1,100}$")]
    private static partial Regex QueueSafe();
}
