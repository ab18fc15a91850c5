using System.Globalization;

namespace Ringwall.Trust;

/// <summary>Fields of an object by their types. What is missing, of another type or out of range is <see cref="RejectionReason.Malformed"/>.</summary>
internal static class MetaFields
{
    /// <summary>The largest whole number that every reader of JSON takes for the same (RFC 8259, section 6).</summary>
    public const long LargestNumber = (1L << 53) - 1;

    public static MetaValue.Map Map(this MetaValue.Map map, string name) => Need<MetaValue.Map>(map, name);

    public static MetaValue.Map? MapOrNull(this MetaValue.Map map, string name) => Allow<MetaValue.Map>(map, name);

    public static IReadOnlyList<MetaValue> List(this MetaValue.Map map, string name, int most) => Bounded(Need<MetaValue.List>(map, name), name, most);

    public static IReadOnlyList<MetaValue>? ListOrNull(this MetaValue.Map map, string name, int most) =>
        Allow<MetaValue.List>(map, name) is { } list ? Bounded(list, name, most) : null;

    public static string Text(this MetaValue.Map map, string name, int longest = 1024) => Bounded(Need<MetaValue.Text>(map, name).Value, name, longest);

    public static bool FlagOr(this MetaValue.Map map, string name, bool otherwise) => Allow<MetaValue.Flag>(map, name)?.Value ?? otherwise;

    public static long Number(this MetaValue.Map map, string name, long least, long most = LargestNumber) => Within(Need<MetaValue.Number>(map, name).Value, name, least, most);

    public static long? NumberOrNull(this MetaValue.Map map, string name, long least, long most = LargestNumber) =>
        Allow<MetaValue.Number>(map, name) is { } number ? Within(number.Value, name, least, most) : null;

    /// <summary>A point in time in the one form that the specification has (4.2.3): "YYYY-MM-DDTHH:MM:SSZ".</summary>
    public static DateTimeOffset Instant(this MetaValue.Map map, string name)
    {
        string text = map.Text(name);
        if (text.Length != 20 || !DateTimeOffset.TryParseExact(text, InstantForm, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset instant))
        {
            throw new UpdateRejectedException(RejectionReason.Malformed, $"'{name}' is no time of the form YYYY-MM-DDTHH:MM:SSZ: {text}");
        }

        return instant;
    }

    public static MetaValue OfInstant(DateTimeOffset instant) => MetaValue.Of(instant.UtcDateTime.ToString(InstantForm, CultureInfo.InvariantCulture));

    public static string AsText(this MetaValue value, string what, int longest = 1024) =>
        value is MetaValue.Text text ? Bounded(text.Value, what, longest) : throw Wrong(what);

    public static MetaValue.Map AsMap(this MetaValue value, string what) => value as MetaValue.Map ?? throw Wrong(what);

    private const string InstantForm = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    private static T Need<T>(MetaValue.Map map, string name)
        where T : MetaValue =>
        map.Fields.TryGetValue(name, out MetaValue? value)
            ? value as T ?? throw Wrong(name)
            : throw new UpdateRejectedException(RejectionReason.Malformed, $"'{name}' is missing");

    private static T? Allow<T>(MetaValue.Map map, string name)
        where T : MetaValue =>
        map.Fields.TryGetValue(name, out MetaValue? value) ? value as T ?? throw Wrong(name) : null;

    private static string Bounded(string text, string name, int longest) => text.Length is > 0 && text.Length <= longest
        ? text
        : throw new UpdateRejectedException(RejectionReason.Malformed, $"'{name}' is empty or longer than {longest} characters");

    private static IReadOnlyList<MetaValue> Bounded(MetaValue.List list, string name, int most) => list.Items.Count <= most
        ? list.Items
        : throw new UpdateRejectedException(RejectionReason.Malformed, $"'{name}' has more than {most} items");

    private static long Within(long number, string name, long least, long most) => number >= least && number <= most
        ? number
        : throw new UpdateRejectedException(RejectionReason.Malformed, $"'{name}' is {number}, which is not within {least} and {most}");

    private static UpdateRejectedException Wrong(string what) => new(RejectionReason.Malformed, $"'{what}' is of another type");
}
