namespace Ringwall.Contract;

/// <summary>A set of responses: one bit each. Bits that are not named here are from a later version.</summary>
[Flags]
public enum ResponseKinds : uint
{
    /// <summary>None.</summary>
    None = 0,

    /// <inheritdoc cref="ResponseKind.Kill"/>
    Kill = 1,

    /// <inheritdoc cref="ResponseKind.Quarantine"/>
    Quarantine = 2,

    /// <inheritdoc cref="ResponseKind.Block"/>
    Block = 4,

    /// <inheritdoc cref="ResponseKind.Isolate"/>
    Isolate = 8,
}
