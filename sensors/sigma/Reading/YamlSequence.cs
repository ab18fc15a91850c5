namespace Ringwall.Sensors.Sigma.Reading;

internal sealed record YamlSequence(int Line, IReadOnlyList<YamlNode> Items) : YamlNode(Line)
{
    public override string Kind => "a list";
}
