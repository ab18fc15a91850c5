using Ringwall.Bench.Running;

namespace Ringwall.Bench.Sides;

/// <summary>Seen from outside, a guard guards when it refuses something.</summary>
internal static class GuardProbe
{
    private const int PatienceMs = 30_000;

    /// <summary>Waits until an open of the file is refused; the time of that, in nanoseconds of CLOCK_MONOTONIC.</summary>
    public static long WaitUntilRefused(Workshop workshop, string file, Func<string> whatItSaid)
    {
        using Tool asker = Tool.Start(null, workshop.Compiled("asker"), "denied", $"{PatienceMs}", file);
        try
        {
            return (long)asker.ReadNumbers()["at_ns"];
        }
        catch (BenchException e)
        {
            throw new BenchException($"{e.Message}\n{whatItSaid()}");
        }
    }

    /// <summary>The EICAR test file; backwards in the source, so that no scanner takes this program for it.</summary>
    public static byte[] Eicar()
    {
        byte[] bytes = System.Text.Encoding.ASCII.GetBytes(@"*H+H$!ELIF-TSET-SURIVITNA-DRADNATS-RACIE$}7)CC7)^P(45XZP\4[PA@%P!O5X");
        Array.Reverse(bytes);
        return bytes;
    }
}
