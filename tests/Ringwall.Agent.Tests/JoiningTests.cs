using Ringwall.Agent.Enrolling;
using Ringwall.Agent.Fetching;
using Ringwall.Agent.Running;
using Ringwall.Agent.Talking;
using Ringwall.Wire.Fleet;

namespace Ringwall.Agent.Tests;

public sealed class JoiningTests
{
    [Fact]
    public async Task A_machine_joins_with_a_key_that_stays_on_it()
    {
        using AgentAtWork at = new(enrolled: false);
        Enrolled enrolled = await at.Join();
        string key = Path.Combine(at.State, "key.pem");
        Assert.Equal(AgentFiles.Private, File.GetUnixFileMode(key));
        Assert.Equal(enrolled.Device, DeviceIdentity.Of(Convert.FromBase64String(at.Server.PublicKey!)));
        Assert.True(File.ReadAllBytes(Path.Combine(at.State, "spool", "vendors", "1.root.json")).AsSpan().SequenceEqual(at.Fleet.VendorsRoot));

        // Once more, after a crash perhaps: the same device.
        Assert.Equal(enrolled.Device, (await at.Join()).Device);
    }

    [Fact]
    public async Task A_wrong_token_leaves_the_machine_as_it_was()
    {
        using AgentAtWork at = new(enrolled: false);
        ServerRefusedException refused = await Assert.ThrowsAsync<ServerRefusedException>(() => at.Join("wrong"));
        Assert.Equal(DeviceProblem.TokenRefused, refused.Problem);
        Assert.Null(Enrolled.Read(at.State));
    }

    [Fact]
    public void A_key_that_others_may_read_or_that_is_none_is_not_used()
    {
        using AgentAtWork at = new();
        string key = Path.Combine(at.State, "key.pem");
        File.SetUnixFileMode(key, AgentFiles.Readable);
        Assert.Contains("others may read it", Assert.Throws<AgentException>(() => DeviceKey.Open(at.State)).Message, StringComparison.Ordinal);
        File.SetUnixFileMode(key, AgentFiles.Private);
        File.WriteAllText(key, "no key");
        Assert.Contains("no key", Assert.Throws<AgentException>(() => DeviceKey.Open(at.State)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://fleet.example.org", true)]
    [InlineData("https://fleet.example.org/below/", true)]
    [InlineData("http://127.0.0.1:7080", true)]
    [InlineData("http://localhost:7080/", true)]
    [InlineData("http://fleet.example.org", false)]
    [InlineData("ftp://fleet.example.org", false)]
    [InlineData("https://fleet.example.org/?x=1", false)]
    [InlineData("fleet.example.org", false)]
    public void A_server_is_reached_by_tls_or_is_this_machine(string text, bool isTaken)
    {
        if (isTaken)
        {
            Assert.EndsWith("/", Network.ReadAddress(text).AbsoluteUri, StringComparison.Ordinal);
        }
        else
        {
            Assert.Throws<AgentException>(() => Network.ReadAddress(text));
        }
    }

    [Fact]
    public void Options_are_read_strictly()
    {
        Assert.NotNull(AgentOptions.Parse(["--state-dir", "/x", "--mirror", "https://a", "--mirror", "https://b"], out _));
        Assert.Null(AgentOptions.Parse(["--state"], out _));
        Assert.Null(AgentOptions.Parse(["--enrol", "--server", "https://a"], out string reason));
        Assert.Contains("--token-file", reason, StringComparison.Ordinal);
    }
}
