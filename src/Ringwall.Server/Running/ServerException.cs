using Ringwall.Wire;

namespace Ringwall.Server.Running;

/// <summary>The server cannot start; the report says why and with which exit code it ends.</summary>
public sealed class ServerException(ErrorReport report) : Exception(report.ToString())
{
    public ErrorReport Report { get; } = report;
}
