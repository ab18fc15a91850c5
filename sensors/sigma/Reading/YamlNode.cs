namespace Ringwall.Sensors.Sigma.Reading;

/// <summary>A piece of a YAML document, with the line where it begins.</summary>
internal abstract record YamlNode(int Line)
{
    /// <summary>What the node is, for messages.</summary>
    public abstract string Kind { get; }
}
