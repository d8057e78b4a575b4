namespace AspireFed.Contracts.Views;

/// <summary>Something that happened in an experiment, for people who watch: the text of the story, and the summary after it.</summary>
/// <param name="Kind">What kind of event, for colour and filtering.</param>
/// <param name="Text">One sentence.</param>
public sealed record ExperimentEvent(DateTimeOffset AtUtc, ExperimentEventKind Kind, string Text, ExperimentSummary Summary);
