using Ringwall.Sensors.Sigma.Language;

namespace Ringwall.Sensors.Sigma.Matching;

internal sealed class NetworkMatcher(IpNetwork network) : Matcher
{
    public override bool Matches(FieldText value) => network.Contains(value.Text);
}
