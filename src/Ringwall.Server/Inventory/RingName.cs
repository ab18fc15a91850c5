using Ringwall.Rollouts;

namespace Ringwall.Server.Inventory;

/// <summary>Rings as tables, tokens and signed orders spell them.</summary>
public static class RingName
{
    public static string Of(Ring ring) => ring switch
    {
        Ring.Canary => "canary",
        Ring.Early => "early",
        Ring.Broad => "broad",
        _ => "critical",
    };

    public static bool TryRead(string name, out Ring ring)
    {
        int index = Array.IndexOf(["canary", "early", "broad", "critical"], name);
        ring = (Ring)Math.Max(0, index);
        return index >= 0;
    }
}
