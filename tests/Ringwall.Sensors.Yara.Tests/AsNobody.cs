using System.Runtime.InteropServices;

namespace Ringwall.Sensors.Yara.Tests;

/// <summary>Has this thread read files as the user nobody: root may read everything, so as root nothing is ever unreadable. setfsuid(2).</summary>
internal sealed partial class AsNobody : IDisposable
{
    private const uint Nobody = 65534;

    public AsNobody() => _ = setfsuid(Nobody);

    public void Dispose() => _ = setfsuid(0);

    [LibraryImport("libc")]
    private static partial int setfsuid(uint user);
}
