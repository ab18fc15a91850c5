using System.Security.Cryptography;
using Ringwall.Trust;
using Ringwall.Wire.Door;

namespace Ringwall.Agent.Fetching;

/// <summary>Fetches the package of a release into the spool: never more bytes than its signed length, and going on where it was broken off.</summary>
internal static class PackageFetch
{
    private const string Folder = "packages/";

    /// <param name="release">One that the host wants.</param>
    /// <param name="spool">Where it goes.</param>
    /// <param name="files">Where it comes from.</param>
    /// <param name="stop">Ends it; what is there stays for the next time.</param>
    /// <exception cref="AgentException">The server failed or broke off.</exception>
    /// <exception cref="UpdateRejectedException">What it sent is another file; nothing of it is kept.</exception>
    /// <exception cref="IOException">The disk refused.</exception>
    public static async Task FetchAsync(DoorRelease release, Spool spool, StaticFiles files, CancellationToken stop)
    {
        string digest = release.Digest!;
        string whole = spool.PackageOf(digest);
        if (File.Exists(whole))
        {
            // It was refused, or we died before it was handed over: it goes through the same check as one that has just come.
            File.Move(whole, spool.PartOf(digest), overwrite: true);
        }

        spool.MakePackages();
        string part = spool.PartOf(digest);
        bool isWhole = false;
        try
        {
            using FileStream to = new(part, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0, UnixCreateMode = AgentFiles.Private });
            if (to.Length > release.Length)
            {
                to.SetLength(0);
            }

            using IncrementalHash hash = IncrementalHash.CreateHash(digest.Length == 2 * SHA512.HashSizeInBytes ? HashAlgorithmName.SHA512 : HashAlgorithmName.SHA256);
            await HashAsync(to, hash, stop).ConfigureAwait(false);
            if (to.Length < release.Length)
            {
                await files.GetFromAsync(Folder + Escaped(release.Fetch!), to.Length, release.Length, Restart, TakeAsync, stop).ConfigureAwait(false);
            }

            if (to.Length < release.Length)
            {
                throw new AgentException($"{release.Path}: broken off after {to.Length} of {release.Length} bytes");
            }

            isWhole = true;
            if (Convert.ToHexStringLower(hash.GetHashAndReset()) != digest)
            {
                throw new UpdateRejectedException(RejectionReason.DigestMismatch, $"{files.Address} has other bytes for {release.Path}");
            }

            to.Flush(flushToDisk: true);

            void Restart()
            {
                to.SetLength(0);
                _ = hash.GetHashAndReset();
            }

            ValueTask TakeAsync(ReadOnlyMemory<byte> piece, CancellationToken _)
            {
                try
                {
                    to.Write(piece.Span);
                }
                catch (IOException full)
                {
                    throw new DiskException(part, full);
                }

                hash.AppendData(piece.Span);
                return ValueTask.CompletedTask;
            }
        }
        catch (UpdateRejectedException rejected) when (isWhole || rejected.Reason is RejectionReason.TooLong)
        {
            File.Delete(part);
            throw;
        }
        catch (DiskException)
        {
            // A full disk is not kept full by what cannot be finished.
            File.Delete(part);
            throw;
        }

        File.Move(part, whole, overwrite: true);
    }

    private static async Task HashAsync(FileStream part, IncrementalHash hash, CancellationToken stop)
    {
        byte[] buffer = new byte[64 * 1024];
        for (int count; (count = await part.ReadAsync(buffer, stop).ConfigureAwait(false)) > 0;)
        {
            hash.AppendData(buffer, 0, count);
        }
    }

    // A path is the operator's and the vendor's, and leaves the folder of packages in no way.
    private static string Escaped(string path)
    {
        string[] parts = path.Split('/');
        return parts.Any(part => part is "" or "." or "..")
            ? throw new UpdateRejectedException(RejectionReason.Malformed, $"{path} is no path below the server's packages")
            : string.Join('/', parts.Select(Uri.EscapeDataString));
    }
}
