namespace Ringwall.Sensors.Sigma.Sensing;

/// <summary>The Sigma fields that tell events can fill. The names are those of the taxonomy.</summary>
internal enum TellField
{
    Image,
    CommandLine,
    CurrentDirectory,
    User,
    ProcessId,
    ParentImage,
    ParentCommandLine,
    ParentProcessId,
    TargetFilename,
    DestinationIp,
    DestinationPort,
    Initiated,
    Protocol,
}
