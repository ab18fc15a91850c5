namespace Ringwall.Wire.Control;

/// <summary>The bounds of the control socket, known to both ends.</summary>
public static class ControlLimits
{
    /// <summary>The socket's name in the run directory.</summary>
    public const string SocketName = "control.sock";

    /// <summary>Its name until it listens: a host that died just then leaves this. No longer than the final one, so that it fits where that fits.</summary>
    public const string NewSocketName = "control.new";

    /// <summary>The longest request line in bytes, without its newline.</summary>
    public const int RequestBytes = 64 * 1024;

    /// <summary>The longest reply line in bytes that the host sends. A client may take a longer one for nonsense.</summary>
    public const int ReplyBytes = 1024 * 1024;
}
