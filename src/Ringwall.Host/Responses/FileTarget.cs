using System.Text;
using Microsoft.Win32.SafeHandles;
using Ringwall.Kernel;
using Ringwall.Kernel.Files;

namespace Ringwall.Host.Responses;

/// <summary>A file that something is to be done to, found by its path and held: whatever is done, is done to this one.</summary>
internal sealed class FileTarget : IDisposable
{
    private FileTarget(byte[] path, HeldFolder folder, IReadOnlyList<FolderOwner> folders, SafeFileHandle file, FileState state) =>
        (Path, Folder, Folders, File, State) = (path, folder, folders, file, state);

    public byte[] Path { get; }

    /// <summary>The folder that it was found in.</summary>
    public HeldFolder Folder { get; }

    /// <summary>Whose the folders of the path are, from the top.</summary>
    public IReadOnlyList<FolderOwner> Folders { get; }

    /// <summary>Open for reading.</summary>
    public SafeFileHandle File { get; }

    public int Descriptor => (int)File.DangerousGetHandle();

    /// <summary>As it was when it was found.</summary>
    public FileState State { get; }

    /// <summary>Finds the file that a sensor was told of.</summary>
    /// <param name="path">As it was told.</param>
    /// <param name="device">As it was told.</param>
    /// <param name="inode">As it was told.</param>
    /// <param name="refusal">Why there is none; null when there is.</param>
    public static FileTarget? Find(byte[] path, ulong device, ulong inode, out Refusal? refusal)
    {
        int cut = path.AsSpan().LastIndexOf((byte)'/');
        byte[] name = path[(cut + 1)..];
        if (path.Length == 0 || path[0] != (byte)'/' || name.Length is 0 or > 255 || name is [(byte)'.'] or [(byte)'.', (byte)'.'] || path.Contains((byte)0))
        {
            refusal = new Refusal(Refusal.NoTarget, "it names no file by an absolute path");
            return null;
        }

        HeldFolder? folder = null;
        SafeFileHandle? file = null;
        try
        {
            List<FolderOwner> folders = [];
            folder = HoldFolder(path.AsSpan(0, Math.Max(cut, 1)), folders, out refusal);
            using SafeFileHandle? held = folder?.TryHoldName(name);
            if (folder is null || held is null || !OpenFile.TryStat((int)held.DangerousGetHandle(), out FileState state))
            {
                refusal ??= new Refusal(Refusal.Gone, $"there is no {Encoding.UTF8.GetString(path)} any more");
            }
            else if (state.Identity.Device != device || state.Identity.Inode != inode || !state.IsRegular)
            {
                refusal = new Refusal(Refusal.Changed, $"{Encoding.UTF8.GetString(path)} is another file than the sensor saw");
            }
            else
            {
                file = LocalPath.OpenForReading(held, quietly: true);
                FileTarget target = new(path, folder, folders, file, state);
                (folder, file) = (null, null);
                return target;
            }
        }
        catch (KernelException failed)
        {
            refusal = new Refusal(Refusal.Error, failed.Message);
        }
        finally
        {
            folder?.Dispose();
            file?.Dispose();
        }

        return null;
    }

    public void Dispose()
    {
        File.Dispose();
        Folder.Dispose();
    }

    private static HeldFolder? HoldFolder(ReadOnlySpan<byte> path, List<FolderOwner> owners, out Refusal? refusal)
    {
        FolderOutcome outcome = HeldFolder.TryHold(
            path, out HeldFolder? folder, out string why, state => owners.Add(new FolderOwner(state.Owner, state.Group, state.Mode)));
        refusal = outcome switch
        {
            FolderOutcome.Held => null,
            FolderOutcome.Missing => new Refusal(Refusal.Gone, why),
            FolderOutcome.NotAFolder => new Refusal(Refusal.Changed, why),
            FolderOutcome.NotLocal => new Refusal(Refusal.Elsewhere, why),
            _ => new Refusal(Refusal.Error, why),
        };
        return folder;
    }
}
