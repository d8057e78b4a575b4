using System.Text.Json;
using AspireFed.Contracts;
using AspireFed.Ledger;
using AspireFed.Training.Resuming;

namespace AspireFed.ClientTrainer.State;

/// <summary>The one save of a client at work: made in the scratch folder and moved whole to its place beside the journal's entry.</summary>
internal sealed class StepSaves(JournalEntry entry, Journal journal, StateFolder folder, TimeSpan every, ILogger logger) : IStepSaves
{
    private readonly string _path = folder.Steps(entry.Key, entry.Client.Name);

    /// <summary>The whole command, with the hashes of spec, start and tokenizer; when it must be done changes no step.</summary>
    public string Command { get; } = JsonSerializer.Serialize(entry.Command with { Left = default }, ContractJson.Options);

    public string? Last => File.Exists(_path) ? _path : null;

    public TimeSpan Every => every;

    public void Keep(Action<string> write)
    {
        var finished = Path.Combine(folder.Scratch, "steps");
        try
        {
            write(finished);
            DurableFile.Flush(finished);
            journal.KeepSteps(entry, finished);
        }
        catch (IOException e)
        {
            File.Delete(finished);
            var reason = FullDisk.IsBehind(e) ? $"the disk of {folder.Scratch} is full" : e.Message;
            logger.LogWarning("{Client} cannot save how far it is in {Round} and trains on: {Reason}", entry.Client, entry.Key, reason);
        }
    }

    public void Resumed(int done, int ofSteps) =>
        logger.LogInformation("{Client} resumes {Round} at step {Step} of {Steps}", entry.Client, entry.Key, done, ofSteps);

    public void Ignored(string reason) =>
        logger.LogWarning("{Client} trains {Round} from its beginning: {Reason}", entry.Client, entry.Key, reason);
}
