namespace Ringwall.Kernel.Processes;

/// <summary>How a process ended: with an exit code, or by a signal.</summary>
/// <param name="Code">The exit code; 0 when a signal ended it.</param>
/// <param name="Signal">The signal number; 0 when it exited.</param>
public readonly record struct ExitStatus(int Code, int Signal)
{
    public bool WasKilled => Signal != 0;

    public bool Succeeded => Signal == 0 && Code == 0;

    public override string ToString() => WasKilled ? $"killed by {Signals.NameOf(Signal)}" : $"exit code {Code}";
}
