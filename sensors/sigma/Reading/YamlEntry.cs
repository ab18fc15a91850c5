namespace Ringwall.Sensors.Sigma.Reading;

internal readonly record struct YamlEntry(string Key, int Line, YamlNode Value);
