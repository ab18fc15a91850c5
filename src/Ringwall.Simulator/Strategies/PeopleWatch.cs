namespace Ringwall.Simulator;

/// <summary>
/// People stop a release when a strategy cannot: they notice when enough devices are visibly down that the telephones ring, and need a while to agree
/// and act. On 19 July 2024 it was 78 minutes from release to withdrawal.
/// </summary>
internal sealed class PeopleWatch(int minutes)
{
    private int _noticed = -1;

    public bool Stops(FleetView view)
    {
        long fleet = 0;
        foreach (int count in view.Counts.Enrolled)
        {
            fleet += count;
        }

        if (_noticed < 0 && view.VisiblyHarmed >= Math.Max(20, Math.Min(500, fleet / 1000)))
        {
            _noticed = view.Minute;
        }

        return _noticed >= 0 && view.Minute - _noticed >= minutes;
    }
}
