namespace Ringwall.Simulator;

/// <summary>What all live devices did so far, for the lines on the screen.</summary>
internal sealed class LiveCounts
{
    private long _enrolled;
    private long _reports;
    private long _refused;
    private long _taken;
    private long _inService;
    private long _crashed;
    private long _returned;

    public void Enrolled() => Interlocked.Increment(ref _enrolled);

    public void Reported() => Interlocked.Increment(ref _reports);

    public void Refused() => Interlocked.Increment(ref _refused);

    public void Taken() => Interlocked.Increment(ref _taken);

    public void InService() => Interlocked.Increment(ref _inService);

    public void Crashed() => Interlocked.Increment(ref _crashed);

    public void Returned() => Interlocked.Increment(ref _returned);

    public override string ToString() =>
        $"{_enrolled} devices, {_reports} reports ({_refused} to be sent again), {_taken} took a release, {_inService} put it into service, {_crashed} crashed with it, {_returned} went back";
}
