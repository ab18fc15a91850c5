using System.Runtime.InteropServices;

namespace Ringwall.Kernel.Handover;

/// <summary>With which descriptors host and keeper start each other.</summary>
public static class HandoverDescriptors
{
    public const int Group = 3;
    public const int Heartbeat = 4;
    public const int Socket = 5;

    /// <summary>The descriptors of a host or keeper that is being started; output goes where ours goes.</summary>
    public static IReadOnlyDictionary<int, SafeHandle> For(SafeHandle group, SafeHandle heartbeat, SafeHandle socket, SafeHandle nothing) =>
        new Dictionary<int, SafeHandle>
        {
            [0] = nothing,
            [1] = Files.Inherited.Borrow(1),
            [2] = Files.Inherited.Borrow(2),
            [Group] = group,
            [Heartbeat] = heartbeat,
            [Socket] = socket,
        };

    /// <summary>
    /// The environment both run in: what they were given, and a runtime that opens no diagnostic socket below /tmp.
    /// </summary>
    public static IReadOnlyList<string> Environment()
    {
        List<string> variables = ["DOTNET_EnableDiagnostics=0", "DOTNET_TieredPGO=0", "DOTNET_gcServer=0"];
        foreach (string kept in (string[])["PATH", "HOME", "LANG", "TZ"])
        {
            if (System.Environment.GetEnvironmentVariable(kept) is { } value)
            {
                variables.Add($"{kept}={value}");
            }
        }

        return variables;
    }
}
