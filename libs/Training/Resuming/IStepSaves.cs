namespace AspireFed.Training.Resuming;

/// <summary>Keeps how far a client's round is, so that a trainer which ends in the midst of it goes on from there.</summary>
public interface IStepSaves
{
    /// <summary>What was asked for, with all that its steps follow from; a save under other words is not used.</summary>
    string Command { get; }

    /// <summary>The file of the last save, or null where there is none.</summary>
    string? Last { get; }

    /// <summary>How long training goes on between two saves; zero saves after every step.</summary>
    TimeSpan Every { get; }

    /// <summary>Puts a new save in the place of the last one, or leaves that where it cannot.</summary>
    /// <param name="write">Writes the save to the path that it is given.</param>
    void Keep(Action<string> write);

    /// <summary>The last save is used.</summary>
    void Resumed(int done, int ofSteps);

    /// <summary>The last save is not used, for this reason.</summary>
    void Ignored(string reason);
}
