using Ringwall.Cli.Views;

namespace Ringwall.Cli.Tests.Views;

public sealed class NumbersTests
{
    [Theory]
    [InlineData(0, "0")]
    [InlineData(-3, "0")]
    [InlineData(3, "3")]
    [InlineData(3.24, "3.2")]
    [InlineData(9.96, "10")]
    [InlineData(999.4, "999")]
    [InlineData(999.6, "1.0k")]
    [InlineData(45_123, "45k")]
    [InlineData(999_600, "1.0M")]
    [InlineData(12_300_000, "12M")]
    public void Counts_are_short(double value, string text) => Assert.Equal(text, Numbers.Short(value));

    [Theory]
    [InlineData(0, "-")]
    [InlineData(6.2, "6.2 µs")]
    [InlineData(999.9, "1.0 ms")]
    [InlineData(1_204, "1.2 ms")]
    [InlineData(3_400_000, "3.4 s")]
    public void Durations_have_their_unit(double microseconds, string text) => Assert.Equal(text, Numbers.Microseconds(microseconds));
}
