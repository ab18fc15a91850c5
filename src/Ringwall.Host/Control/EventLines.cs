using Ringwall.Contract;
using Ringwall.Host.Findings;
using Ringwall.Wire.Status;

namespace Ringwall.Host.Control;

/// <summary>Turns encoded tell events into the lines that followers read.</summary>
internal static class EventLines
{
    private const int LongestText = 4096;

    /// <summary>How the command line spells a kind; null for one that this version does not know.</summary>
    public static string? NameOf(TellEventKind kind) => kind switch
    {
        TellEventKind.ProcessStart => EventKinds.Start,
        TellEventKind.ProcessFork => EventKinds.Fork,
        TellEventKind.ProcessExit => EventKinds.Exit,
        TellEventKind.FileCreated => EventKinds.Created,
        TellEventKind.FileWritten => EventKinds.Written,
        TellEventKind.FileRenamed => EventKinds.Renamed,
        TellEventKind.FileDeleted => EventKinds.Deleted,
        TellEventKind.Connect => EventKinds.Connect,
        TellEventKind.Loss => EventKinds.Loss,
        _ => null,
    };

    /// <summary>The sources whose events a filter may let through.</summary>
    public static TellKinds SourcesOf(EventFilter filter) =>
        (Any(filter, EventKinds.Process) ? TellKinds.Process : 0)
        | (Any(filter, EventKinds.File) ? TellKinds.File : 0)
        | (Any(filter, EventKinds.Network) ? TellKinds.Network : 0);

    /// <summary>Null when it is malformed or of an unknown kind.</summary>
    public static EventLine? From(ReadOnlySpan<byte> encoded)
    {
        if (!TellReader.TryRead(encoded, out TellReader tell) || NameOf(tell.Kind) is not { } kind)
        {
            return null;
        }

        TellEvent told = tell.ToEvent();
        bool cut = false;
        return new EventLine
        {
            Time = DateTimeOffset.UnixEpoch.AddTicks((long)(told.Time / 100)),
            Kind = kind,
            Sequence = (long)told.Sequence,
            Source = told.Source.ToString().ToLowerInvariant(),
            Actor = told.Actor is { } actor ? Process(actor, ref cut) : null,
            Child = told.Child is { } child ? (int)child.Pid : null,
            Path = Text(told.Path, ref cut),
            NewPath = Text(told.NewPath, ref cut),
            Address = told.Address?.ToString(),
            Port = told.Address is null ? null : told.Port,
            ExitCode = told.Kind == TellEventKind.ProcessExit ? ExitCodeOf(told.ExitStatus) : null,
            Lost = told.Kind == TellEventKind.Loss ? (long)told.Lost : null,
            Exact = told.Kind == TellEventKind.Loss ? told.LossIsExact : null,
        };
    }

    // wait(2): the low seven bits are the signal, the next byte the code; shells add 128.
    private static int ExitCodeOf(uint status) => (status & 0x7F) == 0 ? (int)((status >> 8) & 0xFF) : 128 + (int)(status & 0x7F);

    private static bool Any(EventFilter filter, string several) => EventKinds.Meant(several).Any(filter.Wants);

    private static ProcessLine Process(ProcessRecord process, ref bool cut)
    {
        List<string> arguments = [];
        foreach (string argument in process.Arguments)
        {
            arguments.Add(CleanText.From(argument, LongestText, ref cut));
        }

        List<ProcessLine> parents = [];
        foreach (ProcessRecord ancestor in process.Ancestors)
        {
            parents.Add(Process(ancestor, ref cut));
        }

        return new ProcessLine
        {
            Pid = (int)process.Pid,
            Started = (long)process.Start,
            Uid = (int)process.Uid,
            Executable = CleanText.From(process.Executable, LongestText, ref cut),
            Arguments = arguments,
            WorkingDirectory = Text(process.WorkingDirectory, ref cut),
            Parents = parents,
        };
    }

    private static string? Text(string text, ref bool cut) => text.Length == 0 ? null : CleanText.From(text, LongestText, ref cut);
}
