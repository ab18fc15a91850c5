namespace Ringwall.Server.Tests.Grounds;

public sealed class SqliteGround : Ground, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ringwall-sqlite-");
    private int _databases;

    public override Task<string> NewDatabaseAsync() =>
        Task.FromResult($"Data Source={Path.Combine(_folder.FullName, $"{Interlocked.Increment(ref _databases)}.db")}");

    public void Dispose() => _folder.Delete(recursive: true);
}
