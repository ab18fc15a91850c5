using Ringwall.Contract;
using Ringwall.Host.Sandboxes;
using Ringwall.Host.Supervision;
using Ringwall.Kernel.Processes;

namespace Ringwall.Host.Tests.Supervision;

public sealed class IntroductionTests
{
    private static readonly SensorManifest Manifest = new() { Name = "yara", Vendor = "V", Version = "1.0", Executable = "x", Asks = AskKinds.Exec };
    private static readonly HelloMessage Hello = new() { Name = "yara", Vendor = "V", EngineVersion = "1.0", Asks = AskKinds.Exec };

    [Fact]
    public void A_hello_that_says_what_the_manifest_says_is_taken() => Assert.Null(Introduction.Refusal(Hello, Manifest));

    [Fact]
    public void A_hello_that_says_something_else_is_refused_and_the_difference_named()
    {
        Assert.Contains("it is other", Introduction.Refusal(Hello with { Name = "other" }, Manifest), StringComparison.Ordinal);
        Assert.Contains("version 2.0", Introduction.Refusal(Hello with { EngineVersion = "2.0" }, Manifest), StringComparison.Ordinal);
        Assert.Contains("W makes it", Introduction.Refusal(Hello with { Vendor = "W" }, Manifest), StringComparison.Ordinal);
        Assert.Contains("wants asks", Introduction.Refusal(Hello with { Asks = AskKinds.Open }, Manifest), StringComparison.Ordinal);
    }

    [Fact]
    public void A_manifest_that_names_no_asks_leaves_them_to_the_hello() =>
        Assert.Null(Introduction.Refusal(Hello with { Asks = AskKinds.Open }, Manifest with { Asks = null }));

    [Theory]
    [InlineData(0, 9, 1, true, "Memory")]
    [InlineData(0, 9, 0, true, "Crash")]
    [InlineData(0, 11, 0, true, "Crash")]
    [InlineData(0, 11, 0, false, "Start")]
    [InlineData(0, 0, 0, true, "Exit")]
    [InlineData(3, 0, 0, true, "Exit")]
    [InlineData(3, 0, 0, false, "Start")]
    [InlineData(0, 9, 1, false, "Memory")]
    public void An_end_is_called_by_its_cause(int code, int signal, long memoryKills, bool welcomed, string reason) =>
        Assert.Equal(reason, $"{Ending.Of(new ExitStatus(code, signal), memoryKills, welcomed).Reason}");
}
