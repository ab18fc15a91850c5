namespace Ringwall.Rollouts;

/// <summary>One window of the control arm, kept for half an hour to tell a common cause from the release.</summary>
internal sealed class RecentControl(int cells)
{
    public long[] AtRisk { get; } = new long[cells];

    public long[] Harmed { get; } = new long[cells];

    public List<(int Key, int Devices)> Sightings { get; } = [];

    public long Due { get; set; }

    public long Came { get; set; }

    public void Clear()
    {
        Array.Clear(AtRisk);
        Array.Clear(Harmed);
        Sightings.Clear();
        Due = Came = 0;
    }
}
