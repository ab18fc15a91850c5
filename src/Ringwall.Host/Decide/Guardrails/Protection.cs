namespace Ringwall.Host.Decide.Guardrails;

/// <summary>Why no sensor may deny a file. Made when the set is put together; the answering thread only passes it on.</summary>
/// <param name="Kind">What the file is.</param>
/// <param name="Why">The same in words, with the path or package that it is known by.</param>
internal sealed record Protection(ProtectionKind Kind, string Why)
{
    /// <summary>
    /// Whether a file that others than root can write counts too. Only where an operator named it: a file of the system that anybody can
    /// write is not the system's any more.
    /// </summary>
    public bool WhoeverWrites => Kind == ProtectionKind.Operator;
}
