namespace Ringwall.Host.Configuration;

/// <summary>What ringwalld was started for.</summary>
internal enum HostMode
{
    Run,
    Check,
    Doctor,
    Help,
    Version,
}
