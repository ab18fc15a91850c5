using Ringwall.Contract;

namespace Ringwall.Host.Findings;

/// <summary>A denial as the answering thread has it: spans into its own buffers.</summary>
internal ref struct DenialNote
{
    public EventClass Class;
    public ulong Ticket;
    public ulong Size;
    public int Pid;
    public bool FromCache;
    public string? NotApplied;
    public ReadOnlySpan<byte> Path;
    public ReadOnlySpan<byte> Reason;
}
