namespace Ringwall.Kernel.Features;

/// <summary>Whether this kernel, as this process meets it, has a feature.</summary>
/// <param name="Has">Null when it could not be tried, mostly for want of a right.</param>
/// <param name="Seen">What was seen: a version, a list, or the call that was refused and the kernel's word for it.</param>
public readonly record struct FeatureAnswer(bool? Has, string Seen)
{
    public static FeatureAnswer Yes(string seen = "") => new(true, seen);

    public static FeatureAnswer No(string seen) => new(false, seen);

    public static FeatureAnswer Unknown(string seen) => new(null, seen);

    /// <summary>A refusal for want of a right says nothing of the kernel.</summary>
    public static FeatureAnswer Refused(string call, Errno errno) =>
        new(errno.Value is Errno.EPERM or Errno.EACCES ? null : false, $"{call}: {errno}");

    internal static FeatureAnswer Refused(KernelException refused) =>
        new(refused.Errno.Value is Errno.EPERM or Errno.EACCES ? null : false, refused.Message);
}
