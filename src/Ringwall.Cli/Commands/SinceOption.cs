using System.CommandLine;
using System.Globalization;

namespace Ringwall.Cli.Commands;

/// <summary>A moment that people write as they think of it: so long ago, or a date and time.</summary>
internal static class SinceOption
{
    public static Option<DateTimeOffset?> Build(string description) => new("--since")
    {
        Description = description,
        HelpName = "TIME",
        CustomParser = result =>
        {
            if (TryRead(result.Tokens.Count == 1 ? result.Tokens[0].Value : "", DateTimeOffset.Now, out DateTimeOffset moment))
            {
                return moment;
            }

            result.AddError("--since takes 30s, 10m, 2h or 1d, or a moment as 2026-01-31T08:30 (local time; with Z or +01:00 that zone's)");
            return null;
        },
    };

    /// <summary>Reads "10m" as that long before now, and "2026-01-31T08:30" as local time unless it names its zone.</summary>
    public static bool TryRead(string text, DateTimeOffset now, out DateTimeOffset moment)
    {
        moment = default;
        if (text.Length > 1 && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out int count))
        {
            TimeSpan? unit = text[^1] switch
            {
                's' => TimeSpan.FromSeconds(1),
                'm' => TimeSpan.FromMinutes(1),
                'h' => TimeSpan.FromHours(1),
                'd' => TimeSpan.FromDays(1),
                _ => null,
            };
            if (unit is { } one && count <= (now - DateTimeOffset.UnixEpoch) / one)
            {
                moment = now - (one * count);
                return true;
            }
        }

        // Numbers alone are no date here, whatever the parser would make of them.
        return text.Contains('-', StringComparison.Ordinal)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out moment);
    }
}
