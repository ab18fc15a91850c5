namespace Ringwall.Sensors.Yara.Engine;

/// <summary>One entry of a rule's meta section; numbers and truth values as text.</summary>
internal readonly record struct RuleMeta(string Name, string Value);
