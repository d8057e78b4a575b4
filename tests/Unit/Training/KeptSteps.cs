using AspireFed.Training.Resuming;

namespace AspireFed.Tests.Unit.Training;

/// <summary>Saves after every step in one file, until it has made as many as it is to make.</summary>
internal sealed class KeptSteps(string path, string command = "round 1", int saves = int.MaxValue) : IStepSaves
{
    private int _left = saves;

    public string Command => command;

    public string? Last => File.Exists(path) ? path : null;

    public TimeSpan Every => TimeSpan.Zero;

    /// <summary>Where the round went on.</summary>
    public (int Step, int OfSteps)? ResumedAt { get; private set; }

    /// <summary>Why the last save was not used.</summary>
    public string? Reason { get; private set; }

    public void Keep(Action<string> write)
    {
        if (_left-- > 0) write(path);
    }

    public void Resumed(int done, int ofSteps) => ResumedAt = (done, ofSteps);

    public void Ignored(string reason) => Reason = reason;
}
