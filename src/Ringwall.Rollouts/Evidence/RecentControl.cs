namespace Ringwall.Rollouts;

/// <summary>One window of the control arm, kept for half an hour to tell a common cause from the release.</summary>
internal sealed class RecentControl(int cells)
{
    public long[] AtRisk { get; } = new long[cells];

    public List<(int Key, int Devices)> Sightings { get; } = [];

    public long Harmed { get; set; }

    public long Due { get; set; }

    public long Came { get; set; }

    public void Clear()
    {
        Array.Clear(AtRisk);
        Sightings.Clear();
        Harmed = Due = Came = 0;
    }
}
