using System.Text.Json;
using AspireFed.Contracts;
using AspireFed.Contracts.Messages;
using AspireFed.Contracts.Specs;

namespace AspireFed.ClientTrainer.State;

/// <summary>
/// The commands that this trainer has taken and how far each one is: one small file each, written before anything is acknowledged or begun.
/// </summary>
public sealed class Journal : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(ContractJson.Options) { IgnoreReadOnlyProperties = true };

    private readonly StateFolder _folder;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly Dictionary<(RoundKey Key, ClientId Client), (JournalEntry Entry, CancellationTokenSource Wanted)> _entries = [];
    private readonly HashSet<string> _dropped = [];
    private TaskCompletionSource _changed = NewSignal();

    /// <exception cref="InputException">An entry cannot be read.</exception>
    public Journal(StateFolder folder, TimeProvider time)
    {
        (_folder, _time) = (folder, time);
        foreach (var entry in folder.Entries.Select(Read))
            _entries[(entry.Key, entry.Client)] = (entry, new CancellationTokenSource());
    }

    /// <summary>Commands that are not yet reported, in order of arrival.</summary>
    public IReadOnlyList<JournalEntry> Open
    {
        get
        {
            lock (_gate)
                return [.. Entries.Where(e => e.State != JournalState.Reported).OrderBy(e => e.Order)];
        }
    }

    private IEnumerable<JournalEntry> Entries => _entries.Values.Select(known => known.Entry);

    /// <summary>
    /// Takes a command. One that is known changes nothing while it is worked on, and is reported once more when it has been finished.
    /// Null where the experiment has been dropped, or the client has been asked for a later round: this one is over.
    /// </summary>
    public JournalEntry? Accept(TrainRound command, string? traceParent)
    {
        lock (_gate)
        {
            if (_dropped.Contains(command.Key.Experiment)) return null;
            if (_entries.TryGetValue((command.Key, command.Client), out var known))
            {
                return known.Entry.State == JournalState.Reported
                    ? Store(known.Entry with { State = known.Entry.Failure is null ? JournalState.Uploaded : JournalState.Failed })
                    : known.Entry;
            }
            if (Entries.Any(e => e.Client == command.Client && IsLater(e.Key, command.Key))) return null;
            var order = Entries.Select(e => e.Order).DefaultIfEmpty().Max() + 1;
            var entry = Store(new JournalEntry(order, command, traceParent, _time.GetUtcNow(), JournalState.Accepted));
            RemoveEarlier(command.Key, command.Client, command.Late);
            return entry;
        }
    }

    /// <summary>The oldest entry in one of the states; waits for one.</summary>
    public async Task<JournalEntry> NextAsync(IReadOnlyCollection<JournalState> states, CancellationToken cancel)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (Entries.Where(e => states.Contains(e.State)).MinBy(e => e.Order) is { } next) return next;
                changed = _changed.Task;
            }
            await changed.WaitAsync(cancel);
        }
    }

    /// <summary>Writes how far an entry is.</summary>
    /// <exception cref="OperationCanceledException">Nobody waits for it any more.</exception>
    public void Advance(JournalEntry entry)
    {
        lock (_gate)
        {
            WantedToken(entry).ThrowIfCancellationRequested();
            Store(entry);
            if (entry.State != JournalState.Accepted) File.Delete(_folder.Steps(entry.Key, entry.Client.Name));
        }
    }

    /// <summary>Puts a finished save of an entry's steps in its place.</summary>
    /// <exception cref="OperationCanceledException">Nobody waits for it any more, and nothing is left of what was kept for it.</exception>
    public void KeepSteps(JournalEntry entry, string finished)
    {
        lock (_gate)
        {
            WantedToken(entry).ThrowIfCancellationRequested();
            File.Move(finished, _folder.Steps(entry.Key, entry.Client.Name), overwrite: true);
        }
    }

    /// <summary>Is cancelled when nobody waits for the entry any more.</summary>
    public CancellationToken WantedToken(JournalEntry entry)
    {
        lock (_gate)
        {
            return _entries.TryGetValue((entry.Key, entry.Client), out var known)
                ? known.Wanted.Token
                : new CancellationToken(canceled: true);
        }
    }

    /// <summary>Takes an entry out that nobody waits for any more.</summary>
    public void Remove(JournalEntry entry)
    {
        lock (_gate)
        {
            if (!_entries.Remove((entry.Key, entry.Client), out var known)) return;
            known.Wanted.Cancel();
            File.Delete(_folder.Entry(entry.Key, entry.Client.Name));
            File.Delete(_folder.Update(entry.Key, entry.Client.Name));
            File.Delete(_folder.Steps(entry.Key, entry.Client.Name));
        }
    }

    /// <summary>Stops all work for an experiment and removes what was kept for it.</summary>
    public void Drop(string experiment)
    {
        lock (_gate)
        {
            _dropped.Add(experiment);
            foreach (var entry in Entries.Where(e => e.Key.Experiment == experiment).ToList())
                Remove(entry);
            RemoveFolder(_folder.Experiment(experiment));
        }
    }

    public void Dispose()
    {
        foreach (var (_, wanted) in _entries.Values)
            wanted.Dispose();
    }

    private JournalEntry Store(JournalEntry entry)
    {
        Directory.CreateDirectory(_folder.Client(entry.Key, entry.Client.Name));
        DurableFile.Write(_folder.Entry(entry.Key, entry.Client.Name), JsonSerializer.SerializeToUtf8Bytes(entry, Json));
        var wanted = _entries.TryGetValue((entry.Key, entry.Client), out var known) ? known.Wanted : new CancellationTokenSource();
        _entries[(entry.Key, entry.Client)] = (entry, wanted);
        var changed = _changed;
        _changed = NewSignal();
        changed.SetResult();
        return entry;
    }

    // A round that opens ends those before it. What the last one has given may still be on its way out, or may still
    // count where late updates do.
    private void RemoveEarlier(RoundKey key, ClientId client, LatePolicy late)
    {
        var earlier = Entries.Where(e => e.Client == client && e.Key.Experiment == key.Experiment).Where(e =>
            e.Key.Stage < key.Stage
            || (e.Key.Stage == key.Stage && e.Key.Round < key.Round - 1)
            || (e.Key.Stage == key.Stage && e.Key.Round < key.Round && e.State == JournalState.Accepted && late == LatePolicy.Refuse));
        foreach (var entry in earlier.ToList())
            Remove(entry);
        if (key.Round == 0) return;
        foreach (var stage in Enum.GetValues<Stage>().Where(stage => stage < key.Stage))
            RemoveFolder(_folder.Client(key with { Stage = stage }, client.Name));
    }

    private static bool IsLater(RoundKey key, RoundKey other) =>
        key.Experiment == other.Experiment && (key.Stage, key.Round).CompareTo((other.Stage, other.Round)) > 0;

    private static void RemoveFolder(string folder)
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    private static JournalEntry Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<JournalEntry>(File.ReadAllBytes(path), Json) ?? throw new JsonException("it is empty");
        }
        catch (JsonException e)
        {
            throw new InputException(
                $"The journal entry {path} cannot be read ({e.Message}); delete it, and the round will be asked for again.", e);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
