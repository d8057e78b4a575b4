namespace AspireFed.Contracts;

/// <summary>
/// Names one round of one stage of one experiment. Round 0 of a stage makes its initial weights; training rounds count from 1.
/// </summary>
public sealed record RoundKey(string Experiment, Stage Stage, int Round)
{
    public override string ToString() => $"{Experiment}/{Stage.ToName()}/{Round}";
}
