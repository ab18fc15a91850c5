namespace Ringwall.Contract;

/// <summary>Which ask events a sensor wants, or was granted. Unknown bits are ignored by the receiver.</summary>
[Flags]
public enum AskKinds : uint
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>A file is about to be executed.</summary>
    Exec = 1,

    /// <summary>A file is about to be opened.</summary>
    Open = 2,
}
