namespace Ringwall.Wire;

/// <summary>What every program of ours ends with. Scripts rely on these: a number never changes its meaning. docs/cli.md lists them.</summary>
public static class ExitCode
{
    /// <summary>The thing asked for happened.</summary>
    public const int Done = 0;

    /// <summary>The thing asked for did not happen.</summary>
    public const int NotDone = 1;

    /// <summary>Wrong use, or a configuration, rule or manifest that cannot be read.</summary>
    public const int Usage = 2;

    /// <summary>It needs a right that the caller lacks.</summary>
    public const int NeedsRight = 3;

    /// <summary>The kernel lacks a feature without which there is nothing to do.</summary>
    public const int NeedsKernel = 4;

    /// <summary>Another host already runs on this run directory.</summary>
    public const int AnotherHost = 5;

    /// <summary>No host runs on this run directory.</summary>
    public const int NoHost = 6;

    /// <summary>The fleet's server does not answer.</summary>
    public const int NoServer = 7;
}
