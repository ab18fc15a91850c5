using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Ringwall.Trust.Tests;

/// <summary>The program that conformance suites drive, as they do: over HTTP, by its exit code and by the files that it keeps.</summary>
public sealed class ClientProgramTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly SimulatedRepository _repository = new() { Now = DateTimeOffset.UtcNow };
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ringwall-trust-");
    private readonly Thread _server;

    public ClientProgramTests()
    {
        _listener.Start();
        _server = new Thread(Serve) { IsBackground = true };
        _server.Start();
    }

    private string Metadata => Path.Combine(_folder.FullName, "metadata");

    private string Downloads => Directory.CreateDirectory(Path.Combine(_folder.FullName, "downloads")).FullName;

    public void Dispose()
    {
        _listener.Stop();
        _server.Join(Patience);
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void It_starts_refreshes_and_downloads()
    {
        _repository.PublishRoot();
        _repository.Delegate(RoleName.Targets, "../odd role", true, "folder/*");
        _repository.AddTarget("folder/file.bin", [1, 2, 3], "../odd role");
        _repository.PublishAll();
        Assert.Equal(0, Init());
        Assert.Equal(0, Run("refresh").Exit);
        Assert.Equal(["root.json", "snapshot.json", "targets.json", "timestamp.json"], Kept());
        Assert.Equal(_repository.Served["timestamp.json"], File.ReadAllBytes(Path.Combine(Metadata, "timestamp.json")));
        Assert.Equal(0, Download("folder/file.bin").Exit);
        Assert.Equal([1, 2, 3], File.ReadAllBytes(Assert.Single(Directory.GetFiles(Downloads))));
        Assert.Equal(["..%2Fodd%20role.json", "root.json", "snapshot.json", "targets.json", "timestamp.json"], Kept());
    }

    [Fact]
    public void It_refuses_with_one_and_says_why()
    {
        _repository.PublishRoot();
        _repository.AddTarget("file", [1, 2, 3]);
        _repository.PublishAll();
        Assert.Equal(0, Init());
        Assert.Equal(0, Run("refresh").Exit);
        (int exit, string error) = Download("missing");
        Assert.Equal(1, exit);
        Assert.Contains("NoSuchTarget", error, StringComparison.Ordinal);
        _repository.Served[_repository.Served.Keys.Single(name => name.StartsWith("targets/", StringComparison.Ordinal))] = [1, 2, 4];
        Assert.Contains("DigestMismatch", Download("file").Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Downloads));
        _repository.Served["timestamp.json"] = [1];
        Assert.Contains("NotJson", Run("refresh").Error, StringComparison.Ordinal);
        Assert.Equal(1, Start("frobnicate").Exit);
        Assert.Equal(1, Start("--metadata-dir", Path.Combine(_folder.FullName, "nowhere"), "--metadata-url", Address("metadata"), "refresh").Exit);
    }

    private int Init()
    {
        string root = Path.Combine(_folder.FullName, "first-root");
        File.WriteAllBytes(root, _repository.FirstRoot);
        return Start("--metadata-dir", Metadata, "init", root).Exit;
    }

    private IEnumerable<string?> Kept() => Directory.GetFiles(Metadata).Select(Path.GetFileName).Order(StringComparer.Ordinal);

    private (int Exit, string Error) Run(string command) => Start("--metadata-dir", Metadata, "--metadata-url", Address("metadata"), command);

    private (int Exit, string Error) Download(string target) => Start(
        "--metadata-url", Address("metadata"), "--metadata-dir", Metadata, "--target-name", target, "--target-dir", Downloads, "--target-base-url", Address("targets"), "download");

    private string Address(string folder) => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/{folder}";

    private static (int Exit, string Error) Start(params string[] arguments)
    {
        string program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Ringwall.Trust.Client", "release", "ringwall-tuf-client.dll"));
        ProcessStartInfo start = new("dotnet", [program, .. arguments]) { RedirectStandardError = true };
        start.Environment["no_proxy"] = "127.0.0.1";
        using Process process = Process.Start(start)!;
        string error = process.StandardError.ReadToEnd();
        Assert.True(process.WaitForExit(Patience), $"still running after {Patience}: {error}");
        return (process.ExitCode, error);
    }

    // One request for each connection: as little HTTP as a file needs.
    private void Serve()
    {
        try
        {
            while (true)
            {
                using TcpClient client = _listener.AcceptTcpClient();
                using NetworkStream stream = client.GetStream();
                using StreamReader reader = new(stream, Encoding.ASCII, leaveOpen: true);
                string path = (reader.ReadLine() ?? "").Split(' ').ElementAtOrDefault(1) ?? "";
                while (reader.ReadLine() is { Length: > 0 })
                {
                }

                string name = path.StartsWith("/metadata/", StringComparison.Ordinal) ? path["/metadata/".Length..] : path.TrimStart('/');
                byte[]? content = _repository.Served.GetValueOrDefault(name);
                stream.Write(Encoding.ASCII.GetBytes($"HTTP/1.1 {(content is null ? "404 Not Found" : "200 OK")}\r\nContent-Length: {content?.Length ?? 0}\r\nConnection: close\r\n\r\n"));
                stream.Write(content ?? []);
            }
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The listener was stopped, or a client went away: a test that misses its answer says so.
        }
    }
}
