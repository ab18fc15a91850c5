namespace Ringwall.Sensors.Sigma.Language;

/// <summary>A piece of a pattern: literal text, or a wildcard.</summary>
internal readonly record struct PatternPart(PatternPartKind Kind, string Literal)
{
    public static PatternPart AnyText => new(PatternPartKind.AnyText, "");

    public static PatternPart OneCharacter => new(PatternPartKind.OneCharacter, "");

    public static PatternPart Of(string literal) => new(PatternPartKind.Literal, literal);
}
