using System.Runtime.InteropServices;

namespace Ringwall.Host.Decide.Guardrails;

/// <summary>One file of a package: 26 bytes, of which a machine has a hundred thousand.</summary>
/// <param name="Path">The hash of its path.</param>
/// <param name="Digest">Its MD5 digest.</param>
/// <param name="Owner">Which package.</param>
[StructLayout(LayoutKind.Sequential, Pack = 2)]
internal readonly record struct PackagedDigest(ulong Path, UInt128 Digest, ushort Owner) : IComparable<PackagedDigest>
{
    public int CompareTo(PackagedDigest other) => Path.CompareTo(other.Path);
}
