using Ringwall.Cli.Commands;

namespace Ringwall.Cli.Tests.Commands;

public sealed class SinceOptionTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 8, 30, 0, TimeSpan.FromHours(1));

    [Theory]
    [InlineData("30s", "2026-01-31T07:29:30Z")]
    [InlineData("10m", "2026-01-31T07:20:00Z")]
    [InlineData("2h", "2026-01-31T05:30:00Z")]
    [InlineData("1d", "2026-01-30T07:30:00Z")]
    [InlineData("0s", "2026-01-31T07:30:00Z")]
    [InlineData("2026-01-30T20:00:00Z", "2026-01-30T20:00:00Z")]
    [InlineData("2026-01-30T20:00+02:00", "2026-01-30T18:00:00Z")]
    [InlineData("2026-01-30 20:00:00.25Z", "2026-01-30T20:00:00.25Z")]
    public void A_moment_is_read_as_people_write_it(string text, string meant)
    {
        Assert.True(SinceOption.TryRead(text, Now, out DateTimeOffset moment));
        Assert.Equal(DateTimeOffset.Parse(meant, System.Globalization.CultureInfo.InvariantCulture), moment);
    }

    [Fact]
    public void A_time_without_a_zone_is_local()
    {
        Assert.True(SinceOption.TryRead("2026-01-30T20:00", Now, out DateTimeOffset moment));
        Assert.Equal(new DateTime(2026, 1, 30, 20, 0, 0), moment.LocalDateTime);
    }

    [Theory]
    [InlineData("")]
    [InlineData("m")]
    [InlineData("10")]
    [InlineData("10 m")]
    [InlineData("-10m")]
    [InlineData("10w")]
    [InlineData("99999999d")]
    [InlineData("yesterday")]
    [InlineData("2026-13-01")]
    public void Anything_else_is_refused(string text) => Assert.False(SinceOption.TryRead(text, Now, out _));
}
