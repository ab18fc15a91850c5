using Ringwall.Wire.Status;

namespace Ringwall.Cli.Views;

/// <summary>One tell event on one line.</summary>
internal static class EventView
{
    public static string Line(EventLine line)
    {
        string who = line.Actor is { } actor ? $"{actor.Pid} {Name(actor)}" : "-";
        return $"{line.Time.ToLocalTime():HH:mm:ss.fff}  {line.Kind,-8} {who,-24} {What(line)}".TrimEnd();
    }

    private static string What(EventLine line) => line.Kind switch
    {
        EventKinds.Start => line.Actor is { } actor ? string.Join(' ', actor.Arguments) + From(actor) : "",
        EventKinds.Fork => line.Child is { } child ? $"child {child}" : "",
        EventKinds.Exit => $"code {line.ExitCode}",
        EventKinds.Renamed => $"{line.Path} -> {line.NewPath}",
        EventKinds.Connect => line.Address?.Contains(':', StringComparison.Ordinal) == true ? $"[{line.Address}]:{line.Port}" : $"{line.Address}:{line.Port}",
        EventKinds.Loss => $"{(line.Exact == false ? "at least " : "")}{line.Lost} events of {line.Source} were lost",
        _ => line.Path ?? "",
    };

    private static string From(ProcessLine actor) => actor.Parents.Count == 0 ? "" : $"  (from {string.Join(" < ", actor.Parents.Take(3).Select(Name))})";

    private static string Name(ProcessLine process) => process.Executable.Length == 0 ? $"[{process.Pid}]" : Path.GetFileName(process.Executable);
}
