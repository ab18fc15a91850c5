namespace Ringwall.Trust;

/// <summary>A time of the week in which a release may be installed, in UTC.</summary>
/// <param name="Day">The day.</param>
/// <param name="FromMinute">Minute of that day, 0 to 1439.</param>
/// <param name="UntilMinute">The first minute that is no longer in it, up to 1440. A window over midnight is two windows.</param>
/// <param name="Ring">The ring that it is for; null is all of them.</param>
public sealed record InstallWindow(DayOfWeek Day, int FromMinute, int UntilMinute, string? Ring = null)
{
    private const int MinutesOfDay = 1440;

    public bool Contains(DateTimeOffset instant)
    {
        DateTime utc = instant.UtcDateTime;
        int minute = (utc.Hour * 60) + utc.Minute;
        return utc.DayOfWeek == Day && minute >= FromMinute && minute < UntilMinute;
    }

    internal static InstallWindow Read(MetaValue.Map map)
    {
        int from = (int)map.Number("from", 0, MinutesOfDay - 1);
        return new InstallWindow(
            (DayOfWeek)map.Number("day", 0, 6), from, (int)map.Number("until", from + 1, MinutesOfDay),
            map.Fields.ContainsKey("ring") ? map.Text("ring", 64) : null);
    }

    internal MetaValue.Map Describe() => MetaValue.Map.Empty
        .With("day", MetaValue.Of((long)Day)).With("from", MetaValue.Of(FromMinute)).With("until", MetaValue.Of(UntilMinute)).With("ring", Ring is null ? null : MetaValue.Of(Ring));
}
