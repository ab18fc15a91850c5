using System.Collections.Frozen;

namespace Ringwall.Trust;

/// <summary>
/// One value of signed metadata, as it was read: JSON without fractions. Unknown fields stay in it, because signatures and key identifiers are over all of them.
/// Immutable.
/// </summary>
public abstract class MetaValue
{
    private MetaValue()
    {
    }

    public static MetaValue Of(string text) => new Text(text);

    public static MetaValue Of(long number) => new Number(number);

    public static MetaValue Of(bool flag) => new Flag(flag);

    public static MetaValue Of(IEnumerable<MetaValue> items) => new List([.. items]);

    public static MetaValue Of(IEnumerable<string> texts) => new List([.. texts.Select(Of)]);

    public sealed class Null : MetaValue;

    public sealed class Flag(bool value) : MetaValue
    {
        public bool Value { get; } = value;
    }

    public sealed class Number(long value) : MetaValue
    {
        public long Value { get; } = value;
    }

    public sealed class Text(string value) : MetaValue
    {
        public string Value { get; } = value;
    }

    public sealed class List(IReadOnlyList<MetaValue> items) : MetaValue
    {
        public IReadOnlyList<MetaValue> Items { get; } = items;
    }

    public sealed class Map(IReadOnlyDictionary<string, MetaValue> fields) : MetaValue
    {
        public static readonly Map Empty = new(FrozenDictionary<string, MetaValue>.Empty);

        public IReadOnlyDictionary<string, MetaValue> Fields { get; } = fields;

        /// <summary>The same with a field set, or, for null, without it.</summary>
        public Map With(string name, MetaValue? value)
        {
            Dictionary<string, MetaValue> copy = new(Fields, StringComparer.Ordinal);
            if (value is null)
            {
                copy.Remove(name);
            }
            else
            {
                copy[name] = value;
            }

            return new Map(copy);
        }
    }
}
