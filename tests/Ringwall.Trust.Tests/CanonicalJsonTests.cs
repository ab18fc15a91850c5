using System.Text;

namespace Ringwall.Trust.Tests;

public sealed class CanonicalJsonTests
{
    [Theory]
    [InlineData("{}", "{}")]
    [InlineData(" [ ] ", "[]")]
    [InlineData("[1, 2, 3]", "[1,2,3]")]
    [InlineData("""{"x": 3, "y": 2, "A": [99]}""", """{"A":[99],"x":3,"y":2}""")]
    [InlineData("""{"a": [true, false, null], "b": {"c": -7}}""", """{"a":[true,false,null],"b":{"c":-7}}""")]
    [InlineData("""["a \"quoted\" back\\slash"]""", """["a \"quoted\" back\\slash"]""")]
    [InlineData("""["\u0041\/é\u00e9"]""", """["A/éé"]""")]
    [InlineData("""{"": 1, "B": 2, "aa": 3, "a": 4}""", """{"":1,"B":2,"a":4,"aa":3}""")]
    [InlineData("-0", "0")]
    [InlineData("9223372036854775807", "9223372036854775807")]
    [InlineData("-9223372036854775808", "-9223372036854775808")]
    public void A_value_has_one_form(string read, string written) => Assert.Equal(written, Canonical(read));

    [Fact]
    public void Control_characters_stand_as_they_are() => Assert.Equal("\"line\nnext\ttab\u0001\u007f\"", Canonical("\"line\\nnext\\ttab\\u0001\u007f\""));

    // U+1F600 needs two units, the first of which is lower than U+FFFD: the order of units is not that of characters.
    [Fact]
    public void Fields_are_sorted_by_code_point()
    {
        Assert.Equal("{\"\ue000\":1,\"\ufffd\":2,\"\U0001f600\":3,\"\U0001f601\":4}", Canonical("{\"\U0001f601\":4,\"\U0001f600\":3,\"\ufffd\":2,\"\ue000\":1}"));
        Assert.True(string.CompareOrdinal("\U0001f600", "\ufffd") < 0, "the trap is gone, so this test shows nothing");
    }

    [Theory]
    [InlineData("""{"b":[1,{"x":"\n\"\\ é 😀"}],"a":null,"c":{"y":true,"x":-3}}""")]
    public void What_is_written_reads_the_same(string json)
    {
        MetaValue value = MetaReader.Read(Encoding.UTF8.GetBytes(json));
        byte[] file = MetaWriter.Write(value);
        Assert.Equal(CanonicalJson.Write(value), CanonicalJson.Write(MetaReader.Read(file)));
    }

    private static string Canonical(string json) => Encoding.UTF8.GetString(CanonicalJson.Write(MetaReader.Read(Encoding.UTF8.GetBytes(json))));
}
