using Microsoft.Win32.SafeHandles;
using Ringwall.Kernel.Files;

namespace Ringwall.Host.Running;

/// <summary>Held for as long as a host runs on a run directory, so that there is one.</summary>
internal sealed class RunLock : IDisposable
{
    public const string Name = "host.lock";
    private readonly SafeFileHandle _file;

    private RunLock(SafeFileHandle file) => _file = file;

    /// <summary>Makes the run directory and takes its lock. The kernel gives the lock back when the process ends, however it ends.</summary>
    /// <returns>Null when another host holds it.</returns>
    /// <exception cref="IOException">The directory cannot be made.</exception>
    /// <exception cref="Kernel.KernelException">The lock cannot be made.</exception>
    public static RunLock? TryTake(string runDirectory)
    {
        Directory.CreateDirectory(
            runDirectory,
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        return FileLock.TryTake(Path.Combine(runDirectory, Name)) is { } file ? new RunLock(file) : null;
    }

    public void Dispose() => _file.Dispose();
}
