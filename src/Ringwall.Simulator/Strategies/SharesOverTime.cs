namespace Ringwall.Simulator;

/// <summary>Exposure as a fixed function of time, the same in every stratum, stopped by people only.</summary>
internal sealed class SharesOverTime(string name, Func<int, double> share, int peopleMinutes) : IStrategy
{
    private readonly PeopleWatch _people = new(peopleMinutes);

    public string Name => name;

    public bool StagesReturn => false;

    public void Step(FleetView view)
    {
        if (_people.Stops(view))
        {
            view.Halted = true;
            return;
        }

        double now = share(view.Minute);
        for (int s = 0; s < view.Exposed.Length; s++)
        {
            view.Exposed[s] = Math.Max(view.Exposed[s], (int)Math.Round(now * view.Counts.Enrolled[s]));
        }
    }
}
