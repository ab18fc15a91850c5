using Ringwall.Wire;

namespace Ringwall.Cli;

/// <summary>A command cannot do what was asked. Carries what the person is told and what the program ends with.</summary>
internal sealed class CommandException(ErrorReport report) : Exception(report.ToString())
{
    public CommandException(int exit, string thing, string reason, string remedy)
        : this(new ErrorReport(exit, thing, reason, remedy))
    {
    }

    public ErrorReport Report { get; } = report;
}
