using AspireFed.Ledger.Faults;
using AspireFed.Training;

namespace AspireFed.ClientTrainer.Rounds;

/// <summary>Gathers what comes every step into one report every two seconds, the first and the last step's at once.</summary>
internal sealed class ThrottledProgress(TimeProvider time, Action<int, int, double?, double> report) : IProgress<LocalProgress>
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private long? _reported;
    private int _counted;
    private double _lossSum;
    private int _lossSteps;

    public void Report(LocalProgress value)
    {
        if (value.Step > 0) FaultHook.Reach(FaultPoint.Training);
        if (value.Loss is { } loss && value.Step > _counted)
        {
            _lossSum += loss * (value.Step - _counted);
            _lossSteps += value.Step - _counted;
        }
        _counted = value.Step;
        if (_reported is { } last && time.GetElapsedTime(last) < Pause && value.Step < value.Steps) return;

        _reported = time.GetTimestamp();
        double? mean = _lossSteps > 0 ? _lossSum / _lossSteps : null;
        (_lossSum, _lossSteps) = (0, 0);
        report(value.Step, value.Steps, mean, value.ImagesPerSecond);
    }
}
