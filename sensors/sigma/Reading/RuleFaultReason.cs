namespace Ringwall.Sensors.Sigma.Reading;

/// <summary>Why a rule, or a whole file, was refused.</summary>
internal enum RuleFaultReason
{
    Unreadable,
    NotYaml,
    TooLarge,
    Missing,
    WrongShape,
    Modifier,
    Value,
    Condition,
    Unsupported,
    Duplicate,
}
