using System.Security.Cryptography;
using System.Text;

namespace Ringwall.Wire.Packages;

/// <summary>
/// The shape that content was written for. An engine that expects 21 fields and is given 20 reads beyond the last one: so both sides say how many there are, and of
/// which type, before the two meet.
/// </summary>
public sealed record ContentSchema
{
    /// <summary>Its name, the vendor's choice.</summary>
    public required string Id { get; init; }

    public required IReadOnlyList<SchemaField> Fields { get; init; }

    /// <summary>How many fields; said apart, so that a list that lost one is noticed.</summary>
    public required int Count { get; init; }

    /// <summary><see cref="HashOf"/> the fields.</summary>
    public required string Hash { get; init; }

    /// <summary>A schema with its count and hash.</summary>
    public static ContentSchema Of(string id, IReadOnlyList<SchemaField> fields) => new() { Id = id, Fields = fields, Count = fields.Count, Hash = HashOf(fields) };

    /// <summary>SHA-256, as 64 lower-case hexadecimal digits, of the fields in their order, each as its name, a tab, its type, a newline, in UTF-8.</summary>
    public static string HashOf(IEnumerable<SchemaField> fields) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(fields.Select(field => $"{field.Name}\t{field.Type}\n")))));
}
