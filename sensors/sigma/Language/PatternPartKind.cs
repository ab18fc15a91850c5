namespace Ringwall.Sensors.Sigma.Language;

internal enum PatternPartKind
{
    Literal,

    /// <summary>The wildcard <c>*</c>: any number of characters, none included.</summary>
    AnyText,

    /// <summary>The wildcard <c>?</c>: exactly one character.</summary>
    OneCharacter,
}
