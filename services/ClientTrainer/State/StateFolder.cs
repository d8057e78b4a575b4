using AspireFed.Contracts;

namespace AspireFed.ClientTrainer.State;

/// <summary>
/// Where a trainer keeps what must survive a restart. One folder per experiment, stage and client; in it, by round, the journal's entry,
/// the update on its way, the optimiser state and the steps of a round under way.
/// </summary>
public sealed class StateFolder : IDisposable
{
    private readonly FileStream _lock;
    private readonly string _experiments;

    /// <exception cref="InputException">The folder cannot be written, or another trainer uses it.</exception>
    public StateFolder(TrainerSettings settings)
    {
        var root = settings.State;
        _experiments = Path.Combine(root, "experiments");
        Weights = Path.Combine(root, "weights");
        Scratch = Path.Combine(root, "scratch");
        try
        {
            Directory.CreateDirectory(root);
            _lock = new FileStream(Path.Combine(root, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            if (Directory.Exists(Scratch)) Directory.Delete(Scratch, recursive: true);
            foreach (var folder in new[] { _experiments, Weights, Scratch })
                Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _lock?.Dispose();
            throw new InputException(
                $"The state folder {root} cannot be used ({e.Message.TrimEnd('.')}); "
                + "give every trainer a Trainer:State of its own that it may write.", e);
        }
    }

    /// <summary>Global weights that were fetched.</summary>
    public string Weights { get; }

    /// <summary>Files in the making; emptied at start.</summary>
    public string Scratch { get; }

    public IEnumerable<string> Experiments => Directory.EnumerateDirectories(_experiments).Select(Path.GetFileName).OfType<string>();

    /// <summary>All journal entries, of all experiments.</summary>
    public IEnumerable<string> Entries => Directory.EnumerateFiles(_experiments, "*.json", SearchOption.AllDirectories);

    public string Entry(RoundKey key, string client) => OfRound(key, client, "json");

    public string Update(RoundKey key, string client) => OfRound(key, client, "safetensors");

    public string OptimizerState(RoundKey key, string client) => OfRound(key, client, "optimizer");

    /// <summary>How far a round under way is.</summary>
    public string Steps(RoundKey key, string client) => OfRound(key, client, "steps");

    public string Client(RoundKey key, string client) =>
        Path.Combine(Experiment(key.Experiment), key.Stage.ToName(), AsFileName(client));

    public string Experiment(string experiment) => Path.Combine(_experiments, AsFileName(experiment));

    public void Dispose() => _lock.Dispose();

    private string OfRound(RoundKey key, string client, string kind) => Path.Combine(Client(key, client), $"{key.Round:D5}.{kind}");

    // Names come over the wire and must not lead out of the folder.
    private static string AsFileName(string name) =>
        name is "" or "." or ".." || name.AsSpan().ContainsAny('/', '\\', '\0')
            ? throw new InputException($"'{name}' cannot be the name of an experiment or a client, since it cannot be the name of a file.")
            : name;
}
