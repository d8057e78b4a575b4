using System.Diagnostics;
using AspireFed.ClientTrainer.Hosting;
using AspireFed.ClientTrainer.State;
using AspireFed.Contracts.Messages;
using AspireFed.Ledger;
using AspireFed.Ledger.Faults;
using MassTransit;

namespace AspireFed.ClientTrainer.Rounds;

/// <summary>
/// Writes a command into the journal and is done, so that the broker has its acknowledgement at once while the training takes hours.
/// </summary>
public sealed class TrainRoundConsumer(
    Journal journal, HostedClients hosted, ProgressReporter progress, TrainerSettings settings, ILogger<TrainRoundConsumer> logger)
    : IConsumer<TrainRound>
{
    public Task Consume(ConsumeContext<TrainRound> context)
    {
        var command = context.Message;
        var (client, round) = (command.Client, command.Key);
        if (hosted.IsElsewhere(client))
            logger.LogWarning("A command for {Client} in {Round} came here, but another shard hosts this client", client, round);
        else
            Accept(command);
        FaultHook.Reach(FaultPoint.CommandAccepted);
        return Task.CompletedTask;
    }

    // Nobody is to wait here: behind this command may come the word that an experiment is over, which makes room.
    private void Accept(TrainRound command)
    {
        try
        {
            if (journal.Accept(command, Activity.Current?.Id) is { } entry) progress.Repeat(entry);
        }
        catch (IOException e) when (FullDisk.IsBehind(e))
        {
            logger.LogWarning("A command for {Client} in {Round} is left to come again: the disk of the state folder {Folder} is full",
                command.Client, command.Key, settings.State);
        }
    }
}
