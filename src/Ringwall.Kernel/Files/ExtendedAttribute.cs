namespace Ringwall.Kernel.Files;

/// <summary>One extended attribute: a label, an access list, a capability, or whatever a user put there. xattr(7).</summary>
/// <param name="Name">As "security.selinux" or "system.posix_acl_access"; bytes, because names are.</param>
/// <param name="Value">Any bytes.</param>
public sealed record ExtendedAttribute(byte[] Name, byte[] Value);
