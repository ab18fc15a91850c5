namespace Ringwall.Server.Storage;

/// <summary>The database and this program do not fit together. Nothing was changed.</summary>
public sealed class MigrationException(string message) : Exception(message);
