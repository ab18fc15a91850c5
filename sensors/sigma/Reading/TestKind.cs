namespace Ringwall.Sensors.Sigma.Reading;

/// <summary>What the modifiers of a key make of its values.</summary>
internal enum TestKind
{
    Text,
    Regex,
    Network,
    Existence,
    Comparison,
    FieldReference,
}
