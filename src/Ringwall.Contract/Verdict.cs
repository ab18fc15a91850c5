namespace Ringwall.Contract;

/// <summary>A judgement of an ask event.</summary>
public enum Verdict : byte
{
    /// <summary>Not a verdict; never on the wire.</summary>
    None = 0,

    /// <summary>Let it happen.</summary>
    Allow = 1,

    /// <summary>Refuse it: the asking process sees EPERM.</summary>
    Deny = 2,
}
