using Ringwall.Wire.Status;

namespace Ringwall.Host.Control;

/// <summary>What the control socket shows of the host.</summary>
internal interface IHostView
{
    /// <summary>Everything, as it is now. Called often (a live view asks twice a second): must not wait for sensors or the answering thread.</summary>
    public HostStatus Status();

    /// <summary>What would be decided for a file. May ask sensors, so may take as long as a deadline. Remembers nothing.</summary>
    public Explanation Explain(string path);

    /// <summary>Whether a file is protected, and why. May read all of the file.</summary>
    public ProtectionLine Protected(string path);

    /// <summary>Tries the kernel's features anew.</summary>
    public DoctorReport Doctor();
}
