namespace Ringwall.Server.Audit;

/// <summary>Which records are wanted. What is empty or 0 does not narrow.</summary>
/// <param name="After">Records with higher numbers, the lowest of them first: to read on from where one stopped.</param>
/// <param name="Before">Records with lower numbers: to page back.</param>
public sealed record AuditQuery(long After = 0, long Before = 0, string Who = "", string What = "", string About = "", int Limit = 100);
