namespace Ringwall.Rollouts;

/// <summary>
/// Time since exposure, in four classes that are judged apart. A fault that begins after six hours is then not outvoted by six quiet hours.
/// </summary>
public static class Age
{
    public const int Classes = 4;

    private static readonly int[] Starts = [0, 15, 60, 360];

    public static ReadOnlySpan<int> StartMinutes => Starts;

    public static int ClassOf(long minutesSinceExposure)
    {
        int age = 0;
        while (age + 1 < Classes && minutesSinceExposure >= Starts[age + 1])
        {
            age++;
        }

        return age;
    }

    public static string Name(int age) => age switch
    {
        0 => "in the first 15 minutes",
        1 => "after 15 to 60 minutes",
        2 => "after 1 to 6 hours",
        _ => "after more than 6 hours",
    };
}
