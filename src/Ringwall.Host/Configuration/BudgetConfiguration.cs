namespace Ringwall.Host.Configuration;

/// <summary>How much one generation of a sensor may deny before its denials become advice, and have done before it gets no more. 0 is without limit.</summary>
internal sealed record BudgetConfiguration
{
    /// <summary>The most that can be configured: each is a place in memory.</summary>
    public const int Most = 10_000;

    /// <summary>Distinct files.</summary>
    public int DeniesPerMinute { get; init; } = 100;

    public int DeniesPerHour { get; init; } = 400;

    /// <summary>Distinct programs that were refused something.</summary>
    public int ProgramsPerMinute { get; init; } = 20;

    public int ProgramsPerHour { get; init; } = 60;

    /// <summary>Distinct files of the protected set, which a generation that is in order does not deny at all.</summary>
    public int ProtectedPerHour { get; init; } = 3;

    /// <summary>Distinct files that the generation before would have allowed.</summary>
    public int NewDeniesPerHour { get; init; } = 20;

    public int NewDeniesPerDay { get; init; } = 50;

    /// <summary>Kills, quarantines, blocks and isolations together.</summary>
    public int ResponsesPerHour { get; init; } = 30;

    /// <summary>For a host that does without.</summary>
    public static BudgetConfiguration None { get; } = new()
    {
        DeniesPerMinute = 0,
        DeniesPerHour = 0,
        ProgramsPerMinute = 0,
        ProgramsPerHour = 0,
        ProtectedPerHour = 0,
        NewDeniesPerHour = 0,
        NewDeniesPerDay = 0,
    };
}
