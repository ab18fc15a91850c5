namespace Ringwall.Server.Storage;

/// <summary>The two databases. SQL is written once for both; where that cannot be, it asks for this.</summary>
public enum Dialect
{
    Sqlite,
    Postgres,
}
