namespace AspireFed.Aggregator.Rounds;

/// <summary>What becomes of an open round.</summary>
public enum Verdict
{
    Wait,
    Commit,
    Fail,
}
