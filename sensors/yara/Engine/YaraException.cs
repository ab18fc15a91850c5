namespace Ringwall.Sensors.Yara.Engine;

/// <summary>libyara is missing or refused a call that has no reason to fail but memory.</summary>
internal sealed class YaraException(string message) : Exception(message);
