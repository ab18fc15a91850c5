using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Ringwall.Rollouts;

/// <summary>
/// Where a device stands in the order of one release: a number in [0, 1) that the device works out by itself. It is exposed when its
/// position lies below the exposure that the signed rollout file states for its ring and cell.
/// </summary>
/// <remarks>
/// The position depends on nothing that changes while a release runs, so that membership is monotone: once in, in. It is uniform and
/// independent between releases because SHA-256 of (salt, release, identity) is; without the release's salt, which is published with
/// the release, nobody can choose an identity that comes early or late.
/// </remarks>
public static class Membership
{
    private const double TwoToMinus53 = 1.0 / (1UL << 53);

    /// <summary>The position of a device that belongs to no failure domain.</summary>
    public static double Position(ReadOnlySpan<byte> identity, ReadOnlySpan<byte> release, ReadOnlySpan<byte> salt) =>
        ToUnit(Hash(identity, release, salt));

    /// <summary>
    /// The position of a device with a seat in a failure domain: systematic sampling (Cochran, Sampling Techniques, chapter 8). The domain draws
    /// one offset and one rotation; its seats then lie exactly 1/Size apart. Each seat alone is still uniform over [0, 1), and any stretch
    /// of width w holds at most ⌈w·Size⌉ seats.
    /// </summary>
    public static double Position(in Seat seat, ReadOnlySpan<byte> release, ReadOnlySpan<byte> salt)
    {
        if (seat.Size <= 0 || (uint)seat.Index >= (uint)seat.Size)
        {
            throw new ArgumentOutOfRangeException(nameof(seat), "A seat's index lies between 0 and the domain's size.");
        }

        DomainDraw draw = Draw(seat.Domain, release, salt);
        return Position(seat.Index, seat.Size, draw);
    }

    /// <summary>The offset and rotation that a failure domain draws for a release: the same for all its seats.</summary>
    public static DomainDraw Draw(ulong domain, ReadOnlySpan<byte> release, ReadOnlySpan<byte> salt)
    {
        Span<byte> text = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(text, domain);
        ulong offset = Hash(text, release, salt);
        BinaryPrimitives.WriteUInt64LittleEndian(text, ~domain);
        return new DomainDraw(ToUnit(offset), Hash(text, release, salt));
    }

    public static double Position(int seat, int size, in DomainDraw draw)
    {
        int rotation = (int)Math.BigMul(draw.Rotation, (ulong)size, out _);
        double position = ((seat + (long)rotation) % size + draw.Offset) / size;

        // (size − 1 + offset) / size can round up to 1, which is nobody's position.
        return Math.Min(position, Math.BitDecrement(1.0));
    }

    /// <summary>
    /// The position of a device that joined the fleet when <paramref name="exposureAtEnrolment"/> of its ring and cell was already exposed. It falls
    /// evenly into what is still to come, and so never into a stage that was judged without it.
    /// </summary>
    public static double LateJoiner(double position, double exposureAtEnrolment)
    {
        double seen = Math.Clamp(exposureAtEnrolment, 0, 1);

        // Where all are exposed nothing is still to come: the last position, which an exposure of 1 covers, and not 1, which is nobody's.
        return Math.Min(seen + (1 - seen) * position, Math.BitDecrement(1.0));
    }

    public static bool IsExposed(double position, double exposure) => position < exposure;

    /// <summary>
    /// The exposure that lets in exactly the first <paramref name="devices"/> of a stratum. Whoever knows the identities (the server)
    /// works this out; what leaves the server is one number for each ring and cell, never a list.
    /// </summary>
    public static double ExposureFor(ReadOnlySpan<double> sortedPositions, int devices)
    {
        if (devices <= 0)
        {
            return 0;
        }

        return devices >= sortedPositions.Length ? 1 : sortedPositions[devices];
    }

    private static ulong Hash(ReadOnlySpan<byte> identity, ReadOnlySpan<byte> release, ReadOnlySpan<byte> salt)
    {
        // Lengths go in first: without them ("ab","c") and ("a","bc") would be the same device.
        int length = 12 + identity.Length + release.Length + salt.Length;
        Span<byte> text = length <= 512 ? stackalloc byte[length] : new byte[length];
        BinaryPrimitives.WriteInt32LittleEndian(text, salt.Length);
        BinaryPrimitives.WriteInt32LittleEndian(text[4..], release.Length);
        BinaryPrimitives.WriteInt32LittleEndian(text[8..], identity.Length);
        salt.CopyTo(text[12..]);
        release.CopyTo(text[(12 + salt.Length)..]);
        identity.CopyTo(text[(12 + salt.Length + release.Length)..]);

        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text, digest);
        return BinaryPrimitives.ReadUInt64LittleEndian(digest);
    }

    private static double ToUnit(ulong hash) => (hash >> 11) * TwoToMinus53;
}
