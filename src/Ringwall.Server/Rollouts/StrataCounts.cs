namespace Ringwall.Server.Rollouts;

/// <summary>Devices by stratum (ring × cells + cell), as of the last decision.</summary>
internal sealed record StrataCounts(int[] Enrolled, int[] Reachable, int[] Exposed, int[] Installed, int[] Matured, int[] Harmed)
{
    public static StrataCounts Empty(int strata) => new(new int[strata], new int[strata], new int[strata], new int[strata], new int[strata], new int[strata]);
}
