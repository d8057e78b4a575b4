namespace AspireFed.Training;

/// <summary>Sums up steps and tells about them now and then, not at every step.</summary>
internal sealed class ProgressReport
{
    private readonly int _ofSteps;
    private readonly IProgress<LocalProgress> _progress;
    private readonly TimeProvider _time;
    private readonly TimeSpan _every;
    private double _loss, _lossSinceReport;
    private long _imagesAtReport, _reportedAt;
    private int _stepsAtReport;

    public ProgressReport(int steps, IProgress<LocalProgress> progress, TimeProvider time, TimeSpan every)
    {
        (_ofSteps, _progress, _time, _every) = (steps, progress, time, every);
        _reportedAt = time.GetTimestamp();
        progress.Report(new LocalProgress(0, steps, null, 0));
    }

    public int Steps { get; private set; }

    public long Images { get; private set; }

    public double MeanLoss => Steps == 0 ? 0 : _loss / Steps;

    public void Add(double loss, int images)
    {
        Steps++;
        Images += images;
        _loss += loss;
        _lossSinceReport += loss;
        var elapsed = _time.GetElapsedTime(_reportedAt);
        if (elapsed < _every && Steps < _ofSteps) return;

        var rate = elapsed > TimeSpan.Zero ? (Images - _imagesAtReport) / elapsed.TotalSeconds : 0;
        _progress.Report(new LocalProgress(Steps, _ofSteps, _lossSinceReport / (Steps - _stepsAtReport), rate));
        (_lossSinceReport, _imagesAtReport, _stepsAtReport, _reportedAt) = (0, Images, Steps, _time.GetTimestamp());
    }
}
