namespace Ringwall.Simulator;

/// <summary>
/// An exponential rate with abort criteria, as AWS documents it for IoT Jobs (developer guide, "How job configurations work"; API reference,
/// ExponentialRolloutRate and AbortCriteria): 50 devices a minute, doubled for each further 1,000 that succeeded, at most 1,000 a
/// minute; cancelled when at least 100 devices have run it and more than 10 % failed or timed out. Numbers within the documented ranges; base and
/// criterion are the document's example. A job that nothing comes back from times out after 30 minutes (ours; the document allows 1 to 10,080).
/// </summary>
internal sealed class AwsIotJobs(int peopleMinutes) : IStrategy
{
    private const double Base = 50;
    private const double Factor = 2;
    private const double Most = 1000;
    private const long Criterion = 1000;
    private const long Fewest = 100;
    private const double AbortShare = 0.1;
    private const int TimeoutMinutes = 30;

    private readonly PeopleWatch _people = new(peopleMinutes);
    private readonly Queue<long> _unanswered = new();
    private double _rate = Base;
    private long _nextIncrease = Criterion;
    private double _wanted;

    public string Name => "Exponential rate (AWS IoT)";

    public bool StagesReturn => false;

    public void Step(FleetView view)
    {
        _unanswered.Enqueue(view.InstallsUnanswered);
        long timedOut = _unanswered.Count > TimeoutMinutes ? _unanswered.Dequeue() : 0;
        long bad = view.InstallsReportedFailed + timedOut;
        long ran = view.InstallsReportedWell + bad;
        if (_people.Stops(view) || (ran >= Fewest && bad > AbortShare * ran))
        {
            view.Halted = true;
            return;
        }

        while (view.InstallsReportedWell >= _nextIncrease && _rate < Most)
        {
            _rate = Math.Min(Most, _rate * Factor);
            _nextIncrease += Criterion;
        }

        _wanted += _rate;
        double share = Math.Min(1, _wanted / Math.Max(1, view.Counts.Enrolled.Sum(count => (long)count)));
        for (int s = 0; s < view.Exposed.Length; s++)
        {
            view.Exposed[s] = Math.Max(view.Exposed[s], (int)(share * view.Counts.Enrolled[s]));
        }
    }
}
