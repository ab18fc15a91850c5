namespace Ringwall.Sensors.Sigma.Language;

/// <summary>A rule's level. The numbers are the severities that findings carry.</summary>
internal enum RuleLevel
{
    Informational = 1,
    Low = 2,
    Medium = 3,
    High = 4,
    Critical = 5,
}
