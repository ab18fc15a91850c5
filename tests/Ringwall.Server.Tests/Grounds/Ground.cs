namespace Ringwall.Server.Tests.Grounds;

/// <summary>
/// A kind of database. Tests that touch one stand in an abstract class that takes a Ground, with one sealed class for <see cref="SqliteGround"/> and one
/// for <see cref="PostgresGround"/>: both run the same tests.
/// </summary>
public abstract class Ground
{
    /// <summary>The connection string of a new, empty database.</summary>
    public abstract Task<string> NewDatabaseAsync();
}
