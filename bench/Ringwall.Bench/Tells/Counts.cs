using System.Globalization;
using System.Text.RegularExpressions;

namespace Ringwall.Bench.Tells;

/// <summary>What a bench sensor says that it was told.</summary>
internal sealed partial class Counts
{
    private readonly Dictionary<string, double> _numbers = [];

    public double this[string name] => _numbers.GetValueOrDefault(name);

    /// <summary>The last report of each sensor, and how many there were, from the host's findings.</summary>
    public static Dictionary<string, (Counts Last, int Reports)> Read(IEnumerable<string> findings)
    {
        var all = new Dictionary<string, (Counts, int)>();
        foreach (string finding in findings)
        {
            if (Report.Match(finding) is { Success: true } report)
            {
                var counts = new Counts();
                foreach (string pair in report.Groups[2].Value.Split(' '))
                {
                    string[] parts = pair.Split('=');
                    counts._numbers[parts[0]] = double.Parse(parts[1], CultureInfo.InvariantCulture);
                }

                string sensor = report.Groups[1].Value;
                all[sensor] = (counts, all.TryGetValue(sensor, out (Counts, int Reports) known) ? known.Reports + 1 : 1);
            }
        }

        return all;
    }

    [GeneratedRegex(@"(bench-\d+): (starts=\d+(?: \w+=\d+)*)")]
    private static partial Regex Report { get; }
}
