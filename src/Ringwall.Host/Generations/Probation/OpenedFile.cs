using System.Text;
using Microsoft.Win32.SafeHandles;
using Ringwall.Contract;
using Ringwall.Kernel.Files;

namespace Ringwall.Host.Generations.Probation;

/// <summary>A file of this machine, open for reading, that a candidate is to be asked about.</summary>
internal sealed class OpenedFile : IDisposable
{
    private readonly SafeFileHandle _handle;

    private OpenedFile(SafeFileHandle handle, in FileState state, byte[] path)
    {
        _handle = handle;
        State = state;
        Path = path;
    }

    public FileState State { get; }

    /// <summary>As the kernel names it, links followed.</summary>
    public byte[] Path { get; }

    public int Descriptor => (int)_handle.DangerousGetHandle();

    /// <summary>Null when there is no such regular file.</summary>
    public static OpenedFile? TryOpen(ReadOnlySpan<byte> path) => path.IsEmpty || path[0] != (byte)'/' ? null : TryOpen(Encoding.UTF8.GetString(path));

    public static OpenedFile? TryOpen(string path)
    {
        try
        {
            // A pipe or a device would be waited for, or woken.
            if (!OpenFile.TryStat(path, out FileState before) || !before.IsRegular)
            {
                return null;
            }

            SafeFileHandle handle = File.OpenHandle(path);
            if (OpenFile.TryStat((int)handle.DangerousGetHandle(), out FileState state) && state.IsRegular)
            {
                byte[] name = new byte[OpenFile.LongestPath];
                int length = OpenFile.TryReadPath((int)handle.DangerousGetHandle(), name);
                return new OpenedFile(handle, state, name[..length]);
            }

            handle.Dispose();
            return null;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Whether it holds the bytes that this ask was about.</summary>
    public bool IsStill(in AskMessage ask, long changedNs) =>
        State.Identity == new FileIdentity(ask.Device, ask.Inode, ask.Size, changedNs, ask.ModifiedNanoseconds);

    public void Dispose() => _handle.Dispose();
}
