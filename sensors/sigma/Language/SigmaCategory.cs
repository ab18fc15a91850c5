namespace Ringwall.Sensors.Sigma.Language;

/// <summary>The log source categories that the platform's tell events can feed.</summary>
internal enum SigmaCategory
{
    ProcessCreation,
    FileEvent,
    NetworkConnection,
}
