namespace Ringwall.Host.Decide;

/// <summary>Why an ask was answered as it was.</summary>
internal enum DecisionReason : byte
{
    /// <summary>Every sensor allowed, or one denied.</summary>
    Sensors,

    /// <summary>No verdict came in time.</summary>
    Deadline,

    /// <summary>A sensor that should have been asked was not there.</summary>
    SensorAway,

    /// <summary>Its bytes are blocked.</summary>
    Blocked,
}
