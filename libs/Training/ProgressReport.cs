using AspireFed.Training.Resuming;

namespace AspireFed.Training;

/// <summary>Sums up steps and tells about them now and then, not at every step.</summary>
internal sealed class ProgressReport
{
    private readonly int _ofSteps;
    private readonly IProgress<LocalProgress> _progress;
    private readonly TimeProvider _time;
    private readonly TimeSpan _every;
    private double _lossSinceReport;
    private long _imagesAtReport, _reportedAt;
    private int _stepsAtReport;

    /// <param name="done">The steps before, of a round that is resumed.</param>
    public ProgressReport(StepSums done, int ofSteps, IProgress<LocalProgress> progress, TimeProvider time, TimeSpan every)
    {
        (Sums, _ofSteps, _progress, _time, _every) = (done, ofSteps, progress, time, every);
        (_imagesAtReport, _stepsAtReport, _reportedAt) = (done.Images, done.Steps, time.GetTimestamp());
        progress.Report(new LocalProgress(done.Steps, ofSteps, null, 0));
    }

    public StepSums Sums { get; private set; }

    public void Add(double loss, int images)
    {
        Sums = Sums.Add(loss, images);
        _lossSinceReport += loss;
        var elapsed = _time.GetElapsedTime(_reportedAt);
        if (elapsed < _every && Sums.Steps < _ofSteps) return;

        var rate = elapsed > TimeSpan.Zero ? (Sums.Images - _imagesAtReport) / elapsed.TotalSeconds : 0;
        _progress.Report(new LocalProgress(Sums.Steps, _ofSteps, _lossSinceReport / (Sums.Steps - _stepsAtReport), rate));
        (_lossSinceReport, _imagesAtReport, _stepsAtReport, _reportedAt) = (0, Sums.Images, Sums.Steps, _time.GetTimestamp());
    }
}
