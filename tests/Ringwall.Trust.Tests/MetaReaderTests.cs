using System.Text;

namespace Ringwall.Trust.Tests;

public sealed class MetaReaderTests
{
    [Theory]
    [InlineData("", RejectionReason.NotJson)]
    [InlineData("{", RejectionReason.NotJson)]
    [InlineData("{} {}", RejectionReason.NotJson)]
    [InlineData("{}x", RejectionReason.NotJson)]
    [InlineData("\ufeff{}", RejectionReason.NotJson)]
    [InlineData("{'a':1}", RejectionReason.NotJson)]
    [InlineData("{\"a\":1,}", RejectionReason.NotJson)]
    [InlineData("[1,]", RejectionReason.NotJson)]
    [InlineData("// c\n1", RejectionReason.NotJson)]
    [InlineData("\"\\ud800\"", RejectionReason.NotJson)]
    [InlineData("{\"\\udc00\":1}", RejectionReason.NotJson)]
    [InlineData("\"\n\"", RejectionReason.NotJson)]
    [InlineData("NaN", RejectionReason.NotJson)]
    [InlineData("01", RejectionReason.NotJson)]
    [InlineData("+1", RejectionReason.NotJson)]
    [InlineData("1.0", RejectionReason.NotAnInteger)]
    [InlineData("1e3", RejectionReason.NotAnInteger)]
    [InlineData("[9223372036854775808]", RejectionReason.NotAnInteger)]
    [InlineData("-9223372036854775809", RejectionReason.NotAnInteger)]
    [InlineData("{\"a\":1,\"b\":2,\"a\":1}", RejectionReason.DuplicateField)]
    [InlineData("{\"a\":1,\"\\u0061\":2}", RejectionReason.DuplicateField)]
    [InlineData("[{\"x\":{\"y\":0,\"y\":0}}]", RejectionReason.DuplicateField)]
    public void What_two_readers_could_read_differently_is_refused(string json, RejectionReason reason) =>
        Assert.Equal(reason, Assert.Throws<UpdateRejectedException>(() => MetaReader.Read(Encoding.UTF8.GetBytes(json))).Reason);

    [Theory]
    [InlineData(new byte[] { (byte)'"', 0xff, (byte)'"' })]
    [InlineData(new byte[] { (byte)'"', 0xc0, 0x80, (byte)'"' })]
    [InlineData(new byte[] { (byte)'"', 0xed, 0xa0, 0x80, (byte)'"' })]
    [InlineData(new byte[] { (byte)'"', 0xf4, 0x90, 0x80, 0x80, (byte)'"' })]
    [InlineData(new byte[] { (byte)'{', (byte)'"', 0xe2, 0x82, (byte)'"', (byte)':', (byte)'1', (byte)'}' })]
    public void What_is_not_UTF8_is_refused(byte[] json) =>
        Assert.Equal(RejectionReason.NotJson, Assert.Throws<UpdateRejectedException>(() => MetaReader.Read(json)).Reason);

    [Fact]
    public void Depth_is_bounded_exactly()
    {
        MetaLimits limits = new(Depth: 3, Values: 100);
        MetaReader.Read("[[[0]]]"u8, limits);
        MetaReader.Read("""{"a":{"a":{"a":0}}}"""u8, limits);
        Assert.Equal(RejectionReason.TooDeep, Refused("[[[[]]]]", limits));
        Assert.Equal(RejectionReason.TooDeep, Refused("""{"a":{"a":{"a":{}}}}""", limits));
        Assert.Equal(RejectionReason.TooDeep, Refused(new string('[', 100_000), MetaLimits.Default));
        Assert.Equal(RejectionReason.TooDeep, Refused(string.Concat(Enumerable.Repeat("{\"a\":", 100_000)), MetaLimits.Default));
    }

    [Fact]
    public void The_number_of_values_is_bounded_exactly()
    {
        MetaLimits limits = new(Depth: 3, Values: 4);
        MetaReader.Read("[1,2,3]"u8, limits);
        Assert.Equal(RejectionReason.TooManyValues, Refused("[1,2,3,4]", limits));
        Assert.Equal(RejectionReason.TooManyValues, Refused("[[],[],{\"a\":1}]", limits));
    }

    [Fact]
    public void A_message_is_short_and_printable()
    {
        string message = Assert.Throws<UpdateRejectedException>(() => MetaReader.ReadMap(Encoding.UTF8.GetBytes($"{{\"\\u001b[31m{new string('x', 9_000)}\":1,\"\\u001b[31m{new string('x', 9_000)}\":1}}"))).Message;
        Assert.InRange(message.Length, 10, 300);
        Assert.DoesNotContain(message, char.IsControl);
    }

    private static RejectionReason Refused(string json, MetaLimits limits) =>
        Assert.Throws<UpdateRejectedException>(() => MetaReader.Read(Encoding.UTF8.GetBytes(json), limits)).Reason;
}
