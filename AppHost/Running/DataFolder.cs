using AspireFed.Contracts;

namespace AspireFed.AppHost.Running;

/// <summary>The folder of all that survives a restart, held by one run at a time.</summary>
public sealed class DataFolder : IDisposable
{
    private static readonly string[] States = ["redis", "rabbitmq", "swift", "trainers", "evaluator", "aggregator"];

    private readonly FileStream? _hold;

    private DataFolder(string root, FileStream? hold) => (Root, _hold) = (root, hold);

    public string Root { get; }

    /// <summary>Data sets made here, such as the demo's.</summary>
    public string Sets => Path.Combine(Root, "sets");

    public string Endpoints => Path.Combine(Root, "endpoints.json");

    /// <summary>A folder for one part of the system, made if missing.</summary>
    public string Of(params ReadOnlySpan<string> names) =>
        Directory.CreateDirectory(Path.Combine([Root, .. names])).FullName;

    /// <summary>Opens the folder, emptied where that is wanted. Publishing a manifest touches nothing.</summary>
    /// <exception cref="InputException">Another run holds it.</exception>
    public static DataFolder Open(RunOptions options, DistributedApplicationExecutionContext context)
    {
        if (!context.IsRunMode) return new DataFolder(options.Data, null);
        Directory.CreateDirectory(Path.Combine(options.Data, "sets"));
        var folder = new DataFolder(options.Data, Hold(options.Data));
        File.Delete(folder.Endpoints);
        if (options.Fresh)
        {
            foreach (var state in States.Select(name => Path.Combine(options.Data, name)).Where(Directory.Exists))
                Directory.Delete(state, recursive: true);
        }
        return folder;
    }

    public void Dispose()
    {
        if (_hold is null) return;
        File.Delete(Endpoints);
        _hold.Dispose();
    }

    private static FileStream Hold(string root)
    {
        var path = Path.Combine(root, "in-use");
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new InputException(
                $"The data folder {root} is in use by another run: stop that one, or choose another folder with --data.", e);
        }
    }
}
