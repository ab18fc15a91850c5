using System.Collections;
using Ringwall.Server.Running;
using Ringwall.Wire;

namespace Ringwall.Server.Tests.Running;

public sealed class SettingsTests
{
    [Fact]
    public void Nothing_said_is_one_replica_on_the_loopback_interface_with_SQLite()
    {
        ServerOptions options = Read();
        Assert.Equal(["http://127.0.0.1:7080"], options.Urls);
        Assert.Equal("Data Source=/var/lib/ringwall-server/fleet.db", options.Database);
        Assert.Equal(TimeSpan.FromMinutes(1), options.Pace);
        Assert.False(options.DemoPace);
    }

    [Fact]
    public void The_command_line_wins_over_the_environment_and_that_over_the_file()
    {
        using TempFile file = new("""{ "pace": 30, "urls": ["http://127.0.0.1:1", "http://127.0.0.1:2"], "log": "json", }""");
        ServerOptions options = SettingsReader.Read(
            ["--config", file.Path, "--pace=2"], new Hashtable { ["RINGWALL_SERVER_PACE"] = "5", ["RINGWALL_SERVER_URLS"] = "http://127.0.0.1:3", ["HOME"] = "/x" });
        Assert.Equal(TimeSpan.FromSeconds(2), options.Pace);
        Assert.True(options.DemoPace);
        Assert.Equal(["http://127.0.0.1:3"], options.Urls);
        Assert.True(options.JsonLog);
    }

    [Theory]
    [InlineData("--pace", "--pace: needs a value")]
    [InlineData("--pace x", "--pace: 'x' is no number of seconds")]
    [InlineData("--pace 0", "--pace: '0' is no number of seconds")]
    [InlineData("--pase 2", "--pase: there is no such setting")]
    [InlineData("pace 2", "pace: is no option")]
    [InlineData("--pace 2 --pace 3", "--pace: is given twice")]
    [InlineData("--urls ftp://x", "--urls: 'ftp://x' is no http or https address")]
    [InlineData("--urls https://127.0.0.1:1", "--urls: https needs a certificate")]
    [InlineData("--certificate /nowhere/c.pem", "--certificate: there is no file /nowhere/c.pem")]
    [InlineData("--config /nowhere/c.json", "/nowhere/c.json: ")]
    [InlineData("--oidc-client x", "--oidc-authority: goes together with --oidc-client")]
    [InlineData("--log xml", "--log: 'xml' is none of text, json")]
    public void What_is_wrong_is_named_with_a_remedy_and_ends_in_usage(string arguments, string said)
    {
        ServerException wrong = Assert.Throws<ServerException>(() => Read(arguments.Split(' ')));
        Assert.StartsWith(said, wrong.Report.ToString(), StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, wrong.Report.Exit);
    }

    [Fact]
    public void A_wrong_name_is_refused_in_the_file_and_in_the_environment_too()
    {
        using TempFile file = new("""{ "pase": 30 }""");
        Assert.Contains("\"pase\"", Assert.Throws<ServerException>(() => Read("--config", file.Path)).Message, StringComparison.Ordinal);
        Assert.Contains(
            "RINGWALL_SERVER_PASE", Assert.Throws<ServerException>(() => SettingsReader.Read([], new Hashtable { ["RINGWALL_SERVER_PASE"] = "1" })).Message, StringComparison.Ordinal);
    }

    private static ServerOptions Read(params string[] arguments) => SettingsReader.Read(arguments, new Hashtable());

    private sealed class TempFile : IDisposable
    {
        public TempFile(string text) => File.WriteAllText(Path, text);

        public string Path { get; } = System.IO.Path.GetTempFileName();

        public void Dispose() => File.Delete(Path);
    }
}
