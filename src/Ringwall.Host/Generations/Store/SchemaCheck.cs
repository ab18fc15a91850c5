using Ringwall.Wire.Packages;

namespace Ringwall.Host.Generations.Store;

/// <summary>
/// Whether an engine may be given a content. On 19 July 2024 an engine that read 21 fields was given content that had 20, and nobody had compared the two: root cause
/// analysis of 6 August 2024, finding 1.
/// </summary>
internal static class SchemaCheck
{
    /// <param name="engine">Its version.</param>
    /// <param name="reads">What it says it reads.</param>
    /// <param name="content">Null when there is none.</param>
    /// <returns>Why it may not; null when it may.</returns>
    public static string? Refusal(string engine, IReadOnlyList<SchemaName> reads, PackagedContent? content)
    {
        switch (content)
        {
            case null:
            case { Schema: null } when reads.Count == 0:
                return null;
            case { Schema: null }:
                return $"content {content.Version} does not say which schema it was written for, and engine {engine} reads {Spoken(reads)}";
            case { } when Fault(content) is { } fault:
                return fault;
            case { Schema: { } schema } when reads.Contains(new SchemaName(schema.Id, schema.Hash)):
                return null;
            case { Schema: { } schema }:
                return $"content {content.Version} was written for the schema {schema.Id} with {schema.Count} fields ({schema.Hash[..12]}), and engine {engine} reads {Spoken(reads)}";
        }
    }

    /// <summary>What is wrong with a content's own word on its schema, whatever engine reads it; null when nothing is.</summary>
    public static string? Fault(PackagedContent content) => content.Schema switch
    {
        { } schema when schema.Count != schema.Fields.Count => $"content {content.Version} says that its schema {schema.Id} has {schema.Count} fields, and lists {schema.Fields.Count}",
        { } schema when schema.Hash != ContentSchema.HashOf(schema.Fields) =>
            $"the fields that content {content.Version} lists for its schema {schema.Id} have the hash {ContentSchema.HashOf(schema.Fields)}, not {schema.Hash}",
        _ => null,
    };

    private static string Spoken(IReadOnlyList<SchemaName> reads) => reads.Count == 0
        ? "none by its own word"
        : string.Join(", ", reads.Take(8).Select(schema => $"{schema.Id} ({schema.Hash[..12]})"));
}
