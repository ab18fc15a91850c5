namespace Ringwall.Sensors.Yara.Engine;

/// <summary>Why a rule file was refused, or what its author should look at.</summary>
/// <param name="File">The file, or the included file, that the words are about.</param>
/// <param name="Line">From 1; 0 when the whole file is meant.</param>
/// <param name="Message">libyara's words, or ours.</param>
/// <param name="IsWarning">The rules are used all the same.</param>
internal sealed record RuleFault(string File, int Line, string Message, bool IsWarning)
{
    public override string ToString() =>
        (Line > 0 ? $"{File}:{Line}: " : $"{File}: ") + (IsWarning ? "warning: " : "error: ") + Message;
}
