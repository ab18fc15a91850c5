namespace Ringwall.Server.Audit;

/// <summary>The last record's number and hash. Whoever notes one down can later show that nothing before it was changed.</summary>
public sealed record AuditHead(long Number, string Hash);
