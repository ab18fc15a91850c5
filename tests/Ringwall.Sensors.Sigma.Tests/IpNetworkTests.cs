using Ringwall.Sensors.Sigma.Language;

namespace Ringwall.Sensors.Sigma.Tests;

public sealed class IpNetworkTests
{
    [Theory]
    [InlineData("0.0.0.0/0", "255.255.255.255", true)]
    [InlineData("0.0.0.0/0", "::1", false)]
    [InlineData("10.0.0.0/8", "10.0.0.0", true)]
    [InlineData("10.0.0.0/8", "10.255.255.255", true)]
    [InlineData("10.0.0.0/8", "9.255.255.255", false)]
    [InlineData("172.16.0.0/12", "172.31.255.255", true)]
    [InlineData("172.16.0.0/12", "172.32.0.0", false)]
    [InlineData("192.0.2.5", "192.0.2.5", true)]
    [InlineData("192.0.2.5/32", "192.0.2.4", false)]
    [InlineData("::/0", "2001:db8::1", true)]
    [InlineData("::/0", "1.2.3.4", false)]
    [InlineData("2001:db8::/32", "2001:DB8:ffff::1", true)]
    [InlineData("2001:db8::/32", "2001:db9::", false)]
    [InlineData("fc00::/7", "fdff::1", true)]
    [InlineData("::1/128", "::1", true)]
    [InlineData("::1/128", "0000:0000::0001", true)]
    [InlineData("::ffff:0:0/96", "::ffff:10.0.0.1", true)]
    [InlineData("10.0.0.0/8", "10.1", false)]
    [InlineData("10.0.0.0/8", "10.0.0.01", false)]
    [InlineData("10.0.0.0/8", "10.0.0.0x1", false)]
    [InlineData("10.0.0.0/8", "10.0.0.1 ", false)]
    [InlineData("10.0.0.0/8", "10.0.0.256", false)]
    [InlineData("10.0.0.0/8", "10.0.0.1.1", false)]
    [InlineData("10.0.0.0/8", "167772161", false)]
    [InlineData("10.0.0.0/8", "", false)]
    [InlineData("fe80::/10", "fe80::1%eth0", false)]
    [InlineData("fe80::/10", "[fe80::1]", false)]
    [InlineData("fe80::/10", "fe80::1/64", false)]
    [InlineData("fe80::/10", ":", false)]
    public void A_network_has_the_addresses_below_its_prefix(string network, string address, bool expected)
    {
        Assert.True(IpNetwork.TryParse(network, out IpNetwork parsed, out string why), why);
        Assert.Equal(expected, parsed.Contains(address));
    }

    [Theory]
    [InlineData("10.0.0.0/")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/8/8")]
    [InlineData("10.0.0.0/255.0.0.0")]
    [InlineData("10.0.0.1/8")]
    [InlineData("::/129")]
    [InlineData("::1/64")]
    [InlineData("")]
    [InlineData("/8")]
    [InlineData("host/8")]
    public void What_is_no_network_is_refused(string network) => Assert.False(IpNetwork.TryParse(network, out _, out _));
}
