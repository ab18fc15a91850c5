namespace Ringwall.Sensors.Sigma.Indexing;

/// <summary>Where a literal leads: it meets this group of this rule.</summary>
internal readonly record struct RuleGroup(int Rule, byte Group);
