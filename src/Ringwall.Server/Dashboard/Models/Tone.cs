namespace Ringwall.Server.Dashboard.Models;

/// <summary>How loudly something is said. What is well stays quiet.</summary>
public enum Tone
{
    Quiet,
    Running,
    Good,
    Warn,
    Bad,
}
