using System.Collections.Immutable;
using AspireFed.Aggregator.Rounds;
using AspireFed.Contracts;
using AspireFed.Contracts.Messages;
using AspireFed.Contracts.Views;

namespace AspireFed.Aggregator.Clients;

/// <summary>
/// The clients of the federation, as their trainers announce them. Held in memory alone: trainers announce themselves every few seconds, so
/// a restarted Aggregator knows them again at once.
/// </summary>
public sealed class ClientRegistry(TimeProvider time, WakeUp wakeUp)
{
    /// <summary>A trainer that has said nothing for so long counts as silent; its clients are still asked, since silence is not death.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromMinutes(2);

    /// <summary>After so long without a word a client is no longer shown, nor are new experiments given to it.</summary>
    public static readonly TimeSpan Forgetting = TimeSpan.FromHours(12);

    /// <summary>Within this time after the Aggregator's start every living trainer has announced itself.</summary>
    public static readonly TimeSpan Settling = TimeSpan.FromSeconds(10);

    private readonly DateTimeOffset _startedUtc = time.GetUtcNow();
    private ImmutableDictionary<ClientId, RegisteredClient> _clients = ImmutableDictionary<ClientId, RegisteredClient>.Empty;
    private TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Takes a trainer's announcement; it replaces all that this trainer announced before.</summary>
    public void Announce(TrainerAnnounced announcement)
    {
        var now = time.GetUtcNow();
        var before = _clients;
        ImmutableInterlocked.Update(ref _clients, clients =>
        {
            var next = clients.ToBuilder();
            foreach (var gone in clients.Values.Where(c => c.Trainer == announcement.Trainer || now - c.LastSeenUtc > Forgetting))
                next.Remove(gone.Client);
            foreach (var hosted in announcement.Clients)
            {
                // Of two trainers that host one client, the one that has it keeps it for as long as it lives.
                if (!next.TryGetValue(hosted.Id, out var other) || now - other.LastSeenUtc > Silence)
                    next[hosted.Id] = new(hosted.Id, hosted.Images, announcement.Trainer, announcement.Queue, now);
            }
            return next.ToImmutable();
        });
        if (announcement.Clients.All(hosted => before.ContainsKey(hosted.Id))) return;
        Interlocked.Exchange(ref _news, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        wakeUp.Set();
    }

    /// <summary>Any word of a trainer is a sign of life of all its clients.</summary>
    public void Heard(string trainer)
    {
        var now = time.GetUtcNow();
        ImmutableInterlocked.Update(ref _clients, clients => clients.SetItems(clients
            .Where(client => client.Value.Trainer == trainer)
            .Select(client => KeyValuePair.Create(client.Key, client.Value with { LastSeenUtc = now }))));
    }

    /// <summary>The client, or null where no trainer has announced it.</summary>
    public RegisteredClient? Find(ClientId client) => _clients.GetValueOrDefault(client);

    /// <summary>All clients, in ordinal order of set, partition and name.</summary>
    public IReadOnlyList<RegisteredClient> All() =>
        [.. _clients.Values
            .OrderBy(c => c.Client.Set, StringComparer.Ordinal)
            .ThenBy(c => c.Client.Partition, StringComparer.Ordinal)
            .ThenBy(c => c.Client.Name, StringComparer.Ordinal)];

    public IReadOnlyList<ClientView> Views() => [.. All().Select(c => new ClientView(c.Client, c.Images, c.Trainer, c.LastSeenUtc))];

    /// <summary>Completes when a trainer announces a client that was not known; to be taken before looking, so that nothing is missed.</summary>
    public Task News => _news.Task;

    /// <summary>Waits for news; false where all living trainers must have been heard by now.</summary>
    public async Task<bool> AwaitAsync(Task news, CancellationToken cancel)
    {
        var left = _startedUtc + Settling - time.GetUtcNow();
        if (left <= TimeSpan.Zero) return false;
        try
        {
            await news.WaitAsync(left, time, cancel);
            return true;
        }
        catch (TimeoutException)
        {
            return true; // one last look
        }
    }
}
