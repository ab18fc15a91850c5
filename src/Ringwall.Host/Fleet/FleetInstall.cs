// Owns:     STATE/fleet/package.new while a package is taken.
// Threads:  the door's.
// Ordering: the agent can change its file while it is read, so the bytes are copied to where it cannot, and are checked on the way; only what was checked is unpacked.

using System.Buffers;
using Microsoft.Win32.SafeHandles;
using Ringwall.Host.Generations.Store;
using Ringwall.Trust;
using Ringwall.Wire.Door;
using Ringwall.Wire.Packages;

namespace Ringwall.Host.Fleet;

/// <summary>From a package in the agent's spool to a generation in the store.</summary>
internal sealed class FleetInstall
{
    private const int Chunk = 128 * 1024;
    private readonly string _folder;
    private readonly SpoolFolder _spool;
    private readonly GenerationStore _store;
    private readonly string _copy;

    /// <summary>Takes away what a death left of a copy.</summary>
    /// <exception cref="IOException">The disk refused.</exception>
    public FleetInstall(string folder, SpoolFolder spool, GenerationStore store)
    {
        _folder = folder;
        _spool = spool;
        _store = store;
        _copy = Path.Combine(folder, "package.new");
        File.Delete(_copy);
    }

    /// <param name="release">What vendor and operator say of it.</param>
    /// <param name="isNew">False: these very bytes were there already, as the generation that is returned.</param>
    /// <exception cref="UpdateRejectedException">It is not there, or has other bytes than both say.</exception>
    /// <exception cref="StoreException">The store refused it.</exception>
    /// <exception cref="IOException">The disk refused.</exception>
    public Generation Take(AgreedRelease release, out bool isNew)
    {
        try
        {
            using FileStream package = Copy(release);
            return _store.Install(package, release.Path.Sensor, out isNew, Origin(release));
        }
        finally
        {
            File.Delete(_copy);
        }
    }

    private static ReleaseOrigin Origin(AgreedRelease release) =>
        new(release.Path.Text, release.Path.Sensor, release.Vendor.Version, release.Vendor.Schema, release.Path.Stream == "engine");

    private FileStream Copy(AgreedRelease release)
    {
        string name = DoorLimits.PackageName(release.File.Digests.Preferred!);
        if (release.File.Length > PackageLimits.PackageBytes)
        {
            throw new UpdateRejectedException(RejectionReason.TooLong, $"{release.Path.Text} has {release.File.Length} bytes, and a package at most {PackageLimits.PackageBytes}");
        }

        // The copy, and then what is unpacked from it, which the store asks for by itself.
        long free = new DriveInfo(_folder).AvailableFreeSpace;
        if (free < release.File.Length + GenerationStore.RoomLeft)
        {
            throw new StoreException(
                StoreFault.Disk, release.Path.Text, $"its package takes {release.File.Length:N0} bytes, and of the {free:N0} that are free {GenerationStore.RoomLeft:N0} are for others", $"make room on the disk of {_folder}");
        }

        using SafeFileHandle from = _spool.TryOpen(DoorLimits.Packages, name, out _)
            ?? throw new UpdateRejectedException(RejectionReason.Unavailable, $"{release.Path.Text}: its package is not in the spool");
        using ContentCheck check = release.File.NewCheck();
        FileStream to = new(_copy, new FileStreamOptions
        {
            Mode = FileMode.Create, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Chunk);
        try
        {
            long at = 0;
            for (int count; (count = RandomAccess.Read(from, buffer.AsSpan(0, Chunk), at)) > 0; at += count)
            {
                check.Append(buffer.AsSpan(0, count));
                to.Write(buffer, 0, count);
            }

            check.Finish();
            to.Position = 0;
            return to;
        }
        catch
        {
            to.Dispose();
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
