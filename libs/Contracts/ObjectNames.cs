using System.Globalization;

namespace AspireFed.Contracts;

/// <summary>
/// The names of the ledger's objects, computed from (experiment, stage, round, client) and, where two attempts could differ,
/// from the content's hash. Nothing else may make up a name.
/// </summary>
public static class ObjectNames
{
    public const string Experiments = "experiments/";

    public const string Checkpoints = "checkpoints/";

    public const string Terms = "leaders/";

    /// <summary>Written before a leader's first act: <see cref="Documents.LeaderTerm"/>.</summary>
    public static string Term(long epoch) => $"{Terms}{epoch:D10}.json";

    /// <summary>The epoch in the name of a term.</summary>
    public static long EpochOf(string term) => long.Parse(term.AsSpan()[Terms.Length..^".json".Length], NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>Weights that a person has sent, by their hash; specs name them so.</summary>
    public static string Checkpoint(string sha256) => $"{Checkpoints}{sha256}";

    public static string CheckpointWeights(string sha256) => $"{Checkpoint(sha256)}/weights";

    /// <summary>Written after the weights; without it they do not exist: <see cref="Documents.CheckpointRecord"/>.</summary>
    public static string CheckpointRecord(string sha256) => $"{Checkpoint(sha256)}/checkpoint.json";

    /// <summary>Pictures that a tokenizer was trained on, and what it makes of them.</summary>
    public static string Reconstructions(string experiment) => $"{ExperimentPrefix(experiment)}report/reconstructions.png";

    public static string ExperimentPrefix(string experiment) => $"{Experiments}{experiment}/";

    /// <summary>The accepted spec with every default filled in: <see cref="Documents.ExperimentRecord"/>.</summary>
    public static string Experiment(string experiment) => $"{ExperimentPrefix(experiment)}experiment.json";

    /// <summary>How the experiment ended: <see cref="Documents.ExperimentOutcome"/>.</summary>
    public static string Outcome(string experiment) => $"{ExperimentPrefix(experiment)}outcome.json";

    /// <summary>A user's wish to stop the experiment: an empty object.</summary>
    public static string Cancellation(string experiment) => $"{ExperimentPrefix(experiment)}cancelled";

    /// <summary>The machine-readable report: <see cref="Documents.ExperimentResults"/>.</summary>
    public static string Results(string experiment) => $"{ExperimentPrefix(experiment)}report/results.json";

    public static string RoundPrefix(RoundKey key) => $"{ExperimentPrefix(key.Experiment)}{key.Stage.ToName()}/rounds/{key.Round:D5}/";

    public static string RoundsPrefix(string experiment, Stage stage) => $"{ExperimentPrefix(experiment)}{stage.ToName()}/rounds/";

    /// <summary>Who was asked: <see cref="Documents.RoundOpening"/>.</summary>
    public static string Opening(RoundKey key) => $"{RoundPrefix(key)}opening.json";

    /// <summary>Who counts, with which weight: <see cref="Documents.RoundDecision"/>.</summary>
    /// <remarks>Of several, the one of the lowest epoch stands, which is the first in ordinal order.</remarks>
    public static string Decision(RoundKey key, long epoch) => $"{DecisionsPrefix(key)}{epoch:D10}.json";

    public static string DecisionsPrefix(RoundKey key) => $"{RoundPrefix(key)}decision-";

    public static string GlobalWeights(RoundKey key) => $"{RoundPrefix(key)}global.safetensors";

    /// <summary>Makes the round real: <see cref="Documents.RoundCommit"/>.</summary>
    public static string Commit(RoundKey key) => $"{RoundPrefix(key)}commit.json";

    /// <summary>Where the round's seconds and bytes went: <see cref="Documents.RoundTiming"/>. Not part of the result.</summary>
    public static string Timing(RoundKey key) => $"{RoundPrefix(key)}timing.json";

    /// <summary>How good the round's global model is: <see cref="Documents.RoundMetrics"/>.</summary>
    public static string Metrics(RoundKey key) => $"{RoundPrefix(key)}metrics.json";

    public static string UpdatesPrefix(RoundKey key) => $"{RoundPrefix(key)}updates/";

    public static string UpdateWeights(RoundKey key, string client, string sha256) => $"{UpdatesPrefix(key)}{client}/{sha256}.safetensors";

    /// <summary>Written after the weights; an update without it does not exist: <see cref="Documents.UpdateManifest"/>.</summary>
    public static string UpdateManifest(RoundKey key, string client, string sha256) => $"{UpdatesPrefix(key)}{client}/{sha256}.json";

    /// <summary>The manifest of weights whose name is known.</summary>
    public static string ManifestOf(ObjectRef weights) => $"{weights.Name[..^".safetensors".Length]}.json";

    /// <summary>The round of a stage that an object belongs to, and the object's name in the round's folder; null where it is none of a round.</summary>
    public static (RoundKey Key, string File)? InRound(string experiment, Stage stage, string name)
    {
        var prefix = RoundsPrefix(experiment, stage);
        if (!name.StartsWith(prefix, StringComparison.Ordinal)) return null;
        var slash = name.IndexOf('/', prefix.Length);
        return slash > 0 && int.TryParse(name.AsSpan(prefix.Length..slash), NumberStyles.None, CultureInfo.InvariantCulture, out var round)
            ? (new RoundKey(experiment, stage, round), name[(slash + 1)..])
            : null;
    }

    /// <summary>Why a client could not give an update: <see cref="Documents.ClientFailure"/>.</summary>
    public static string Failure(RoundKey key, string client) => $"{UpdatesPrefix(key)}{client}/failure.json";
}
