using AspireFed.Ledger;
using AspireFed.ServiceDefaults;
using Polly;

namespace AspireFed.ClientTrainer.State;

/// <summary>Waits for room on a full disk as long as it takes: what was trained is worth hours, and a person can make room.</summary>
public sealed class DiskPatience(TrainerSettings settings, TimeProvider time, ILogger<DiskPatience> logger)
{
    private readonly ResiliencePipeline _untilThereIsRoom = Patience.Of(time, FullDisk.IsBehind, (delay, _) => logger.LogWarning(
        "The disk of the state folder {Folder} is full: make room there, and the work goes on; next try in {Delay:0.0} s",
        settings.State, delay.TotalSeconds));

    /// <summary>Does what writes to the state folder, from its beginning until there is room for all of it.</summary>
    public void Write(Action write, CancellationToken cancel) => _untilThereIsRoom.Execute(_ => write(), cancel);

    /// <inheritdoc cref="Write"/>
    public async Task<T> WriteAsync<T>(Func<CancellationToken, Task<T>> write, CancellationToken cancel) =>
        await _untilThereIsRoom.ExecuteAsync(async stop => await write(stop), cancel);

    /// <inheritdoc cref="Write"/>
    public async Task WriteAsync(Action write, CancellationToken cancel) =>
        await _untilThereIsRoom.ExecuteAsync(_ =>
        {
            write();
            return default;
        }, cancel);
}
