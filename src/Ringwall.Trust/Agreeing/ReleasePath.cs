namespace Ringwall.Trust;

/// <summary>
/// Where a release lies in both repositories: VENDOR/SENSOR/STREAM-NUMBER.tar.gz. Vendors are kept apart by it: the key that may sign "acme/*/*" can name no release that is not acme's.
/// </summary>
/// <param name="Vendor">Lower-case letters, digits and '-'; begins and ends with none of the latter.</param>
/// <param name="Sensor">As the vendor.</param>
/// <param name="Stream">What it replaces: one of <see cref="Streams"/>.</param>
/// <param name="Number">1 or more. Each release of a stream has a higher one than all before it, a rollback too.</param>
public sealed record ReleasePath(string Vendor, string Sensor, string Stream, long Number)
{
    private const int LongestName = 64;
    private const string Ending = ".tar.gz";

    /// <summary>What a release can replace: a sensor's program, or what it interprets, be that rules, configuration, exclusions or a kill switch. So there is no path around the rings.</summary>
    public static IReadOnlyList<string> Streams { get; } = ["engine", "content"];

    /// <summary>The path in its one spelling.</summary>
    public string Text => $"{Vendor}/{Sensor}/{Stream}-{Number}{Ending}";

    /// <exception cref="UpdateRejectedException">It is no path of a release.</exception>
    public static ReleasePath Read(string path)
    {
        string[] parts = path.Split('/');
        if (parts is [string vendor, string sensor, string file] && IsName(vendor) && IsName(sensor) && file.EndsWith(Ending, StringComparison.Ordinal))
        {
            string release = file[..^Ending.Length];
            int dash = release.LastIndexOf('-');
            if (dash > 0 && Streams.Contains(release[..dash]) && ReadNumber(release[(dash + 1)..]) is { } number)
            {
                return new ReleasePath(vendor, sensor, release[..dash], number);
            }
        }

        throw new UpdateRejectedException(RejectionReason.Malformed, $"'{path}' is no path of a release: VENDOR/SENSOR/STREAM-NUMBER{Ending}");
    }

    /// <summary>Whether a vendor or a sensor may be called so in a path.</summary>
    public static bool IsName(string name) => name.Length is > 0 and <= LongestName && name[0] != '-' && name[^1] != '-'
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    private static long? ReadNumber(string digits) =>
        digits.Length is > 0 and <= 16 && digits[0] is >= '1' and <= '9' && digits.All(char.IsAsciiDigit) && long.Parse(digits) is <= MetaFields.LargestNumber and long number ? number : null;
}
