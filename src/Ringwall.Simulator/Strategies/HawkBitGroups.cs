namespace Ringwall.Simulator;

/// <summary>
/// Groups as hawkBit documents them (its `docs/rollout-management.md`): the next group starts when a share of the current one installed well; too many failed
/// installations stop everything. The document sets no numbers; these are ten groups, 80 % success and 10 % error, on the strict side
/// of what people configure. The only signal is the installation's own result.
/// </summary>
internal sealed class HawkBitGroups(int peopleMinutes) : IStrategy
{
    private const int Groups = 10;
    private const double SuccessShare = 0.8;
    private const double ErrorShare = 0.1;

    private readonly PeopleWatch _people = new(peopleMinutes);
    private int _group;
    private long _wellBefore;
    private long _failedBefore;

    public string Name => "Groups (hawkBit)";

    public bool StagesReturn => false;

    public void Step(FleetView view)
    {
        long size = Math.Max(1, view.Counts.Enrolled.Sum(count => (long)count) / Groups);
        if (_people.Stops(view) || view.InstallsReportedFailed - _failedBefore >= ErrorShare * size)
        {
            view.Halted = true;
            return;
        }

        bool next = _group == 0 || view.InstallsReportedWell - _wellBefore >= SuccessShare * size;
        if (next && _group < Groups)
        {
            _group++;
            _wellBefore = view.InstallsReportedWell;
            _failedBefore = view.InstallsReportedFailed;
        }

        for (int s = 0; s < view.Exposed.Length; s++)
        {
            view.Exposed[s] = Math.Max(view.Exposed[s], (int)((long)view.Counts.Enrolled[s] * _group / Groups));
        }
    }
}
