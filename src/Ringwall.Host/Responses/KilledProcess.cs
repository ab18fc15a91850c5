namespace Ringwall.Host.Responses;

/// <summary>A process that was ended.</summary>
/// <param name="Pid">Its number.</param>
/// <param name="StartNs">When it began: nanoseconds since boot.</param>
/// <param name="Executable">Its program, for people.</param>
internal sealed record KilledProcess(int Pid, ulong StartNs, string Executable)
{
    public override string ToString() => $"process {Pid} ({Executable})";
}
