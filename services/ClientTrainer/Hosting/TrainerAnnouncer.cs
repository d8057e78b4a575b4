using AspireFed.ClientTrainer.Messaging;
using AspireFed.Contracts.Messages;

namespace AspireFed.ClientTrainer.Hosting;

/// <summary>Tells the federation again and again that this trainer is alive and which clients it hosts.</summary>
internal sealed class TrainerAnnouncer(
    HostedClients hosted, Messenger messenger, TrainerSettings settings, TimeProvider time, ILogger<TrainerAnnouncer> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(settings.AnnouncePeriod, time);
        do
        {
            try
            {
                var announced = new TrainerAnnounced(settings.Name, settings.Queue, hosted.Scan());
                await messenger.TryPublishAsync(announced, settings.AnnouncePeriod, stoppingToken);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                logger.LogWarning("The data folders cannot be read now and will be tried again: {Reason}", e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
