using System.Diagnostics.CodeAnalysis;

namespace Ringwall.Kernel;

/// <summary>The kernel refused a call that we had reason to expect would work.</summary>
/// <param name="call">The call, with what it was applied to where that helps.</param>
/// <param name="errno">The kernel's answer.</param>
/// <param name="hint">What the operator can do: a capability, a sysctl, the limit that was reached. Null when there is nothing to add.</param>
public sealed class KernelException(string call, Errno errno, string? hint = null)
    : Exception(hint is null ? $"{call}: {errno}" : $"{call}: {errno}. {hint}")
{
    /// <summary>The call that was refused.</summary>
    public string Call { get; } = call;

    /// <summary>The kernel's answer.</summary>
    public Errno Errno { get; } = errno;

    [DoesNotReturn]
    internal static void Throw(string call, string? hint = null) => throw new KernelException(call, Errno.Last, hint);

    [DoesNotReturn]
    internal static void Throw(string call, Errno errno, string? hint = null) => throw new KernelException(call, errno, hint);
}
