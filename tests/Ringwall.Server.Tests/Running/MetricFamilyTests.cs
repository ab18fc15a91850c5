using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Ringwall.Server.Running.Metrics;

namespace Ringwall.Server.Tests.Running;

public sealed class MetricFamilyTests
{
    private readonly MetricFamily _family;

    public MetricFamilyTests()
    {
        Counter<long> instrument = new Meter(nameof(MetricFamilyTests)).CreateCounter<long>("door.knocks", null, "Knocks");
        _family = new MetricFamily(instrument, MetricForm.Counter, null);
    }

    [Fact]
    public void The_same_labels_are_one_series_whoever_made_their_strings()
    {
        _family.Measure(1, [new("route", "/a"), new("status", 200)]);
        _family.Measure(2, [new("route", string.Concat("/", "a")), new("status", int.Parse("200", CultureInfo.InvariantCulture))]);
        _family.Measure(4, [new("route", "/a"), new("status", 404)]);
        _family.Measure(8, [new("route", "/\"quoted\"\\\n"), new("status", null)]);

        Assert.Equal(
            """
            # HELP door_knocks_total Knocks
            # TYPE door_knocks_total counter
            door_knocks_total{route="/a",status="200"} 3
            door_knocks_total{route="/a",status="404"} 4
            door_knocks_total{route="/\"quoted\"\\\n",status=""} 8

            """,
            Written());
    }

    [Fact]
    public void More_combinations_than_anybody_may_make_are_summed()
    {
        for (int i = 0; i < MetricFamily.MostSeries + 100; i++)
        {
            _family.Measure(1, [new("route", $"/{i}")]);
        }

        string[] lines = [.. Written().Split('\n').Where(line => line.StartsWith("door", StringComparison.Ordinal))];
        Assert.Equal(MetricFamily.MostSeries + 1, lines.Length);
        Assert.Contains("door_knocks_total{overflow=\"true\"} 100", lines);
        Assert.Contains("door_knocks_total{route=\"/0\"} 1", lines);
    }

    private string Written()
    {
        StringBuilder text = new();
        _family.WriteTo(text);
        return text.ToString();
    }
}
