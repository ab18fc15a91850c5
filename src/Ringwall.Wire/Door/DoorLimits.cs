namespace Ringwall.Wire.Door;

/// <summary>The bounds of the agent's door into the host, known to both ends.</summary>
public static class DoorLimits
{
    /// <summary>The socket's name in the host's run directory.</summary>
    public const string SocketName = "agent.sock";

    /// <summary>Its name until it listens; no longer than the final one.</summary>
    public const string NewSocketName = "agent.new";

    /// <summary>The longest request line in bytes, without its newline.</summary>
    public const int RequestBytes = 16 * 1024;

    /// <summary>The longest reply line in bytes.</summary>
    public const int ReplyBytes = 1024 * 1024;

    /// <summary>No facts are ever numbered so high.</summary>
    public const long LargestFact = 1L << 53;

    /// <summary>Folders of the agent's spool: the files of either repository under the names that they have on the server, and packages under <see cref="PackageName"/>.</summary>
    public const string Vendors = "vendors";

    public const string Director = "director";

    public const string Packages = "packages";

    /// <summary>How a package is called in the spool.</summary>
    /// <param name="digest">Its preferred digest, in hexadecimal.</param>
    public static string PackageName(string digest) => $"{digest}.tar.gz";
}
