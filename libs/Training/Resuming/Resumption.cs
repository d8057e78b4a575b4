using AspireFed.Weights;

namespace AspireFed.Training.Resuming;

/// <summary>Lets a round begin where its last save ends, and saves it now and then.</summary>
internal sealed class Resumption(IStepSaves? saves, Learner learner, TimeProvider time)
{
    private long _savedAt = time.GetTimestamp();

    /// <summary>Puts the learner where the round goes on.</summary>
    /// <param name="beginAfresh">Puts it where the round begins.</param>
    /// <returns>What the steps before come to.</returns>
    public StepSums Begin(int ofSteps, Action beginAfresh)
    {
        beginAfresh(); // all that a save does not hold, such as the start that a proximal term pulls to
        if (saves?.Last is not { } path) return default;
        try
        {
            var done = StepFile.Load(learner, saves.Command, ofSteps, path);
            saves.Resumed(done.Steps, ofSteps);
            return done;
        }
        catch (Exception fault) when (fault is WeightsException or IOException)
        {
            saves.Ignored(fault.Message);
            beginAfresh();
            return default;
        }
    }

    /// <summary>Saves the state after a step where it is time to and work remains.</summary>
    public void Offer(StepSums done, int ofSteps)
    {
        if (saves is null || done.Steps >= ofSteps || time.GetElapsedTime(_savedAt) < saves.Every) return;
        saves.Keep(path => StepFile.Save(learner, done, saves.Command, path));
        _savedAt = time.GetTimestamp();
    }
}
