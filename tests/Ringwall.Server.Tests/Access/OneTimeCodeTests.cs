using System.Text;
using Ringwall.Server.Access;

namespace Ringwall.Server.Tests.Access;

public sealed class OneTimeCodeTests
{
    private static readonly byte[] Secret = Encoding.ASCII.GetBytes("12345678901234567890");

    [Theory]
    // RFC 6238, appendix B, SHA-1; the last six of its eight digits.
    [InlineData(59L, "287082")]
    [InlineData(1111111109L, "081804")]
    [InlineData(1111111111L, "050471")]
    [InlineData(1234567890L, "005924")]
    [InlineData(2000000000L, "279037")]
    [InlineData(20000000000L, "353130")]
    public void Codes_are_those_of_the_standard(long seconds, string code) =>
        Assert.Equal(code, OneTimeCode.At(Secret, OneTimeCode.StepAt(DateTimeOffset.FromUnixTimeSeconds(seconds))));

    [Theory]
    [InlineData("f", "MY")]
    [InlineData("fo", "MZXQ")]
    [InlineData("foo", "MZXW6")]
    [InlineData("foob", "MZXW6YQ")]
    [InlineData("fooba", "MZXW6YTB")]
    [InlineData("foobar", "MZXW6YTBOI")]
    public void A_secret_is_spelled_as_RFC_4648_says_without_padding(string text, string spelled) => Assert.Equal(spelled, OneTimeCode.Spell(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void A_code_counts_within_one_step_either_way_and_once()
    {
        DateTimeOffset now = DateTimeOffset.FromUnixTimeSeconds(1_000_000_000);
        long step = OneTimeCode.StepAt(now);
        Assert.Equal(step - 1, OneTimeCode.Accept(Secret, OneTimeCode.At(Secret, step - 1), now, 0));
        Assert.Equal(step + 1, OneTimeCode.Accept(Secret, OneTimeCode.At(Secret, step + 1), now, 0));
        Assert.Equal(0, OneTimeCode.Accept(Secret, OneTimeCode.At(Secret, step - 2), now, 0));
        Assert.Equal(0, OneTimeCode.Accept(Secret, OneTimeCode.At(Secret, step), now, lastUsed: step));
        Assert.Equal(0, OneTimeCode.Accept(Secret, "", now, 0));
    }
}
