namespace Ringwall.Sensors.Sigma.Language;

/// <summary>Where something was written: a file, and a line counted from 1 (0 when the whole file is meant).</summary>
internal readonly record struct SourceLine(string File, int Line)
{
    public override string ToString() => Line > 0 ? $"{File}:{Line}" : File;
}
