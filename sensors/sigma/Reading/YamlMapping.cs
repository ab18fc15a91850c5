namespace Ringwall.Sensors.Sigma.Reading;

/// <summary>Entries in the order in which they were written. No key occurs twice.</summary>
internal sealed record YamlMapping(int Line, IReadOnlyList<YamlEntry> Entries) : YamlNode(Line)
{
    public override string Kind => "a map";

    public YamlNode? this[string key]
    {
        get
        {
            foreach (YamlEntry entry in Entries)
            {
                if (entry.Key == key)
                {
                    return entry.Value;
                }
            }

            return null;
        }
    }
}
