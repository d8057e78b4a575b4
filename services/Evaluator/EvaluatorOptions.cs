namespace AspireFed.Evaluator;

/// <summary>The Evaluator's settings: the section `Evaluator` of the configuration.</summary>
public sealed record EvaluatorOptions
{
    public const string Section = "Evaluator";

    /// <summary>Folders that hold data sets, separated as in PATH. A folder that is not there yet is looked for again.</summary>
    public string DataRoots { get; init; } = "";

    /// <summary>Folder for the model under evaluation; empty takes one under the system's folder of temporary files.</summary>
    public string Scratch { get; init; } = "";

    /// <summary>`cpu`, `cuda` or `cuda:1`; empty takes the first GPU that can be used, or else the processor.</summary>
    public string Device { get; init; } = "";
}
