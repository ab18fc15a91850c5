namespace Ringwall.Contract;

/// <summary>What an ask event is about. Each class has its own deadline and fallback.</summary>
public enum EventClass : byte
{
    /// <summary>Not a class.</summary>
    None = 0,

    /// <summary>A file is about to be executed.</summary>
    Exec = 1,

    /// <summary>A file is about to be opened.</summary>
    Open = 2,
}
