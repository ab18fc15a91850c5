namespace Ringwall.Sensors.Sigma.Indexing;

/// <summary>
/// Which rules' groups one event has met so far. Threads: one at a time; kept from event to event.
/// </summary>
internal sealed class Candidates
{
    private const byte Found = 0x80;

    private readonly CategoryIndex _index;
    private readonly byte[] _met;
    private readonly List<int> _touched = [];

    public Candidates(CategoryIndex index)
    {
        _index = index;
        _met = new byte[index.Rules.Length];
    }

    /// <summary>Room for the scanners.</summary>
    public List<int> Hits { get; } = [];

    /// <summary>Rules all of whose groups are met.</summary>
    public List<int> Rules { get; } = [];

    public void Clear()
    {
        foreach (int rule in _touched)
        {
            _met[rule] = 0;
        }

        _touched.Clear();
        Rules.Clear();
    }

    public void Meet(RuleGroup lead)
    {
        ref byte met = ref _met[lead.Rule];
        if (met == 0)
        {
            _touched.Add(lead.Rule);
        }

        met |= lead.Group;
        if (met == _index.GroupsOf[lead.Rule])
        {
            met |= Found;
            Rules.Add(lead.Rule);
        }
    }
}
