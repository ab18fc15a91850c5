namespace Ringwall.Sensors.Sigma.Matching;

internal enum FieldState
{
    Absent,

    /// <summary>The event has the field and says that it has no value.</summary>
    Null,
    Text,
}
