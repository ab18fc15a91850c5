namespace Ringwall.Wire.Status;

/// <summary>The process that answers when the host cannot.</summary>
/// <param name="Pid">Its process id; 0 when there is none now.</param>
/// <param name="State">"watching", "starting" or "gone".</param>
/// <param name="HostsStarted">How many hosts it has started, this one included.</param>
public sealed record KeeperStatus(int Pid, string State, int HostsStarted);
