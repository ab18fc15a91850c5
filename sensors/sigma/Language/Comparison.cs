namespace Ringwall.Sensors.Sigma.Language;

internal enum Comparison
{
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}
