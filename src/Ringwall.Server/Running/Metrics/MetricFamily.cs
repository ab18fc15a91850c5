using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Ringwall.Server.Running.Metrics;

/// <summary>
/// One instrument as Prometheus sees it (text format 0.0.4, prometheus.io/docs/instrumenting/exposition_formats): a name, a type, and a series for each
/// combination of labels.
/// </summary>
/// <remarks>Threads: any may measure and any may write, under one lock. What has more than <see cref="MostSeries"/> combinations is summed under none.</remarks>
internal sealed class MetricFamily
{
    /// <summary>Labels come from requests, so somebody else decides how many there are.</summary>
    public const int MostSeries = 200;

    private static readonly KeyValuePair<string, object?>[] Overflow = [new("overflow", "true")];

    private static readonly double[] Seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly Lock _lock = new();
    private readonly Dictionary<KeyValuePair<string, object?>[], Series> _series = new(TagComparer.Instance);
    private readonly Dictionary<KeyValuePair<string, object?>[], Series>.AlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>> _byTags;
    private readonly MetricForm _form;
    private readonly double[] _bounds;
    private readonly string _help;

    public MetricFamily(Instrument instrument, MetricForm form, double[]? bounds)
    {
        _form = form;
        _bounds = bounds ?? Seconds;
        _help = (instrument.Description ?? "").Replace("\\", @"\\", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal);
        Name = NameOf(instrument.Name, instrument.Unit, form);
        _byTags = _series.GetAlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>>();
    }

    public string Name { get; }

    public void Measure(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_lock)
        {
            if (!_byTags.TryGetValue(tags, out Series? series))
            {
                series = Begin(tags);
            }

            switch (_form)
            {
                case MetricForm.Histogram:
                    int bucket = Array.FindIndex(_bounds, bound => value <= bound);
                    series.Buckets[bucket < 0 ? _bounds.Length : bucket]++;
                    series.Value += value;
                    break;
                case MetricForm.Counter or MetricForm.UpDown:
                    series.Value += value;
                    break;
                default:
                    series.Value = value;
                    break;
            }
        }
    }

    public void WriteTo(StringBuilder text)
    {
        lock (_lock)
        {
            if (_series.Count == 0)
            {
                return;
            }

            string type = _form switch { MetricForm.Histogram => "histogram", MetricForm.Counter or MetricForm.CounterTotal => "counter", _ => "gauge" };
            text.Append(CultureInfo.InvariantCulture, $"# HELP {Name} {_help}\n# TYPE {Name} {type}\n");
            foreach (Series series in _series.Values)
            {
                if (_form == MetricForm.Histogram)
                {
                    WriteHistogram(text, series);
                }
                else
                {
                    WriteLine(text, Name, series.Labels, series.Value);
                }
            }
        }
    }

    private Series Begin(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        KeyValuePair<string, object?>[] key = _series.Count < MostSeries ? [.. tags] : Overflow;
        if (!_series.TryGetValue(key, out Series? series))
        {
            series = new Series(Labels(key), _form == MetricForm.Histogram ? new long[_bounds.Length + 1] : []);
            _series.Add(key, series);
        }

        return series;
    }

    /// <summary>As OpenTelemetry's compatibility page has it: dots become underscores, the unit is part of the name, what only grows ends in _total.</summary>
    private static string NameOf(string name, string? unit, MetricForm form)
    {
        string plain = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
        string suffix = unit switch { "s" => "_seconds", "ms" => "_milliseconds", "By" => "_bytes", "%" => "_percent", _ => "" };
        plain = plain.EndsWith(suffix, StringComparison.Ordinal) ? plain : plain + suffix;
        return form is MetricForm.Counter or MetricForm.CounterTotal && !plain.EndsWith("_total", StringComparison.Ordinal) ? plain + "_total" : plain;
    }

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.Length == 0)
        {
            return "";
        }

        StringBuilder text = new();
        foreach ((string name, object? value) in tags)
        {
            if (text.Length > 0)
            {
                text.Append(',');
            }

            string shown = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
            text.Append(string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'))).Append("=\"")
                .Append(shown.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal))
                .Append('"');
        }

        return text.ToString();
    }

    private static void WriteLine(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0)
        {
            text.Append('{').Append(labels).Append('}');
        }

        text.Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
    }

    private void WriteHistogram(StringBuilder text, Series series)
    {
        string labels = series.Labels;
        string before = labels.Length > 0 ? labels + "," : "";
        long count = 0;
        for (int i = 0; i <= _bounds.Length; i++)
        {
            count += series.Buckets[i];
            string bound = i == _bounds.Length ? "+Inf" : _bounds[i].ToString("R", CultureInfo.InvariantCulture);
            WriteLine(text, $"{Name}_bucket", $"{before}le=\"{bound}\"", count);
        }

        WriteLine(text, $"{Name}_sum", labels, series.Value);
        WriteLine(text, $"{Name}_count", labels, count);
    }

    /// <param name="labels">As they are written: worked out once, since every request is measured.</param>
    private sealed class Series(string labels, long[] buckets)
    {
        public string Labels { get; } = labels;

        public long[] Buckets { get; } = buckets;

        public double Value { get; set; }
    }

    /// <summary>Finds a combination of tags without copying it.</summary>
    private sealed class TagComparer : IEqualityComparer<KeyValuePair<string, object?>[]>, IAlternateEqualityComparer<ReadOnlySpan<KeyValuePair<string, object?>>, KeyValuePair<string, object?>[]>
    {
        public static readonly TagComparer Instance = new();

        public bool Equals(KeyValuePair<string, object?>[]? x, KeyValuePair<string, object?>[]? y) => ReferenceEquals(x, y) || (x is not null && y is not null && Equals(x.AsSpan(), y));

        public int GetHashCode(KeyValuePair<string, object?>[] obj) => GetHashCode(obj.AsSpan());

        public bool Equals(ReadOnlySpan<KeyValuePair<string, object?>> alternate, KeyValuePair<string, object?>[] other)
        {
            if (alternate.Length != other.Length)
            {
                return false;
            }

            for (int i = 0; i < alternate.Length; i++)
            {
                if (alternate[i].Key != other[i].Key || !Equals(alternate[i].Value, other[i].Value))
                {
                    return false;
                }
            }

            return true;
        }

        public int GetHashCode(ReadOnlySpan<KeyValuePair<string, object?>> alternate)
        {
            // Names are the same for every measurement of an instrument.
            HashCode hash = default;
            foreach ((_, object? value) in alternate)
            {
                hash.Add(value);
            }

            return hash.ToHashCode();
        }

        public KeyValuePair<string, object?>[] Create(ReadOnlySpan<KeyValuePair<string, object?>> alternate) => alternate.ToArray();
    }
}
