namespace Ringwall.Host.Supervision;

/// <summary>
/// Decides, and only decides, which of a running sensor's counters are complaints. Floods are noticed as soon as they are one; what may
/// be an honest sensor's bad moment is looked at window by window.
/// </summary>
/// <param name="limits">From when on.</param>
/// <param name="processors">How many processors' time it may use: 0.5 is half of one.</param>
/// <param name="findingsPerMinute">How many findings it may report in a minute.</param>
internal sealed class HealthWatch(HealthLimits limits, double processors, int findingsPerMinute = int.MaxValue)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private HealthReading _minuteStart;
    private bool _findingsTold;
    private HealthReading _windowStart;
    private HealthReading _cpuStart;
    private long _memoryKills;
    private bool _malformedTold;

    /// <summary>Looks at the counters. Called every second or so.</summary>
    public IReadOnlyList<Complaint> Look(in HealthReading now)
    {
        List<Complaint> complaints = [];
        LookForEnds(now, complaints);
        LookAtFindings(now, complaints);
        if (now.At - _windowStart.At >= limits.Window)
        {
            LookBack(now, complaints);
            _windowStart = now;
            _malformedTold = false;
        }

        if (now.At - _cpuStart.At >= limits.CpuWindow)
        {
            LookAtCpu(now, complaints);
            _cpuStart = now;
        }

        return complaints;
    }

    private void LookForEnds(in HealthReading now, List<Complaint> complaints)
    {
        if (now.MemoryKills > _memoryKills)
        {
            complaints.Add(new Complaint(StrikeReason.Memory, "it used more memory than it may, and the kernel killed a process of it", EndsLife: true));
            _memoryKills = now.MemoryKills;
        }

        long malformed = now.Malformed - _windowStart.Malformed;
        if (malformed > limits.MalformedMost)
        {
            complaints.Add(new Complaint(StrikeReason.Malformed, $"{malformed} messages made no sense", EndsLife: true));
        }
        else if (malformed > 0 && !_malformedTold)
        {
            complaints.Add(new Complaint(StrikeReason.Malformed, $"{malformed} messages made no sense", EndsLife: false));
            _malformedTold = true;
        }

        long notExpected = now.NotExpected - _windowStart.NotExpected;
        if (notExpected > limits.NotExpectedMost)
        {
            complaints.Add(new Complaint(StrikeReason.Flood, $"{notExpected} verdicts that nobody had asked for", EndsLife: true));
        }

        long dropped = now.Dropped - _windowStart.Dropped;
        if (dropped > limits.DroppedMost)
        {
            complaints.Add(new Complaint(StrikeReason.Flood, $"{dropped} findings or answers more than the host could take", EndsLife: true));
        }
    }

    private void LookBack(in HealthReading now, List<Complaint> complaints)
    {
        long asked = now.Asked - _windowStart.Asked;
        long missed = now.Missed - _windowStart.Missed;
        if ((missed >= limits.MissedLeast && missed >= asked * limits.MissedShare)
            || (missed >= limits.MissedFew && missed >= asked * limits.MissedNearlyAll))
        {
            complaints.Add(new Complaint(
                StrikeReason.MissedDeadlines, $"{missed} of {asked} verdicts were not there in time", EndsLife: false));
        }

        long lost = now.Lost - _windowStart.Lost;
        long told = now.Told - _windowStart.Told + lost;
        if (lost >= limits.LostLeast && lost >= told * limits.LostShare)
        {
            complaints.Add(new Complaint(StrikeReason.Lag, $"{lost} of {told} events were lost because it did not take them", EndsLife: false));
        }

        long output = now.Output - _windowStart.Output;
        if (output > limits.OutputMost)
        {
            complaints.Add(new Complaint(StrikeReason.Flood, $"{output} bytes of output in {limits.Window.TotalSeconds:0.#} s", EndsLife: false));
        }
    }

    // As soon as there are too many, once a minute: whoever is drowned in them should not have to wait for the minute's end.
    private void LookAtFindings(in HealthReading now, List<Complaint> complaints)
    {
        long findings = now.Findings - _minuteStart.Findings;
        if (findings > findingsPerMinute && !_findingsTold)
        {
            complaints.Add(new Complaint(StrikeReason.Flood, $"{findings} findings within a minute, of at most {findingsPerMinute}", EndsLife: false));
            _findingsTold = true;
        }

        if (now.At - _minuteStart.At >= Minute)
        {
            _minuteStart = now;
            _findingsTold = false;
        }
    }

    private void LookAtCpu(in HealthReading now, List<Complaint> complaints)
    {
        TimeSpan used = now.CpuTime - _cpuStart.CpuTime;
        TimeSpan may = (now.At - _cpuStart.At) * processors;
        if (used >= may * limits.CpuShare)
        {
            complaints.Add(new Complaint(
                StrikeReason.Cpu, $"it used {used.TotalSeconds:0} of the {may.TotalSeconds:0} processor seconds that it may", EndsLife: false));
        }
    }
}
