using System.Runtime.InteropServices;
using Spectre.Console;

namespace Ringwall.Cli;

/// <summary>Where a command writes, and what tells it to end. Tests give their own.</summary>
internal sealed class Terminal(TextWriter @out, TextWriter error, IAnsiConsole console, CancellationToken stop)
{
    /// <summary>Narrower is taken for a mistake of whoever reports the size.</summary>
    private const int NarrowestColumns = 40;

    // Kept for the life of the process: a registration ends when it is collected.
    private static PosixSignalRegistration[] _signals = [];

    public TextWriter Out { get; } = @out;

    public TextWriter Error { get; } = error;

    /// <summary>For tables and the live view.</summary>
    public IAnsiConsole Console { get; } = console;

    /// <summary>Ctrl-C, or a polite end.</summary>
    public CancellationToken Stop { get; } = stop;

    /// <summary>Whether a person looks at it.</summary>
    public bool IsInteractive => Console.Profile.Out.IsTerminal;

    public static Terminal OfThisProcess()
    {
        CancellationTokenSource stop = new();
        _signals = [.. ((PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP]).Select(signal =>
            PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                stop.Cancel();
            }))];
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(System.Console.Out) });
        if (console.Profile.Width < NarrowestColumns)
        {
            console.Profile.Width = 80;
        }

        return new Terminal(System.Console.Out, System.Console.Error, console, stop.Token);
    }

    /// <summary>The reader of our output has gone.</summary>
    public static bool IsBrokenPipe(IOException error) => error.HResult == 32 || error.Message.Contains("Broken pipe", StringComparison.Ordinal);
}
