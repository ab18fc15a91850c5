using System.Diagnostics;

namespace Ringwall.Dashboard.Tests.Stage;

internal static class Wait
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(120);

    /// <summary>Looks again and again until something holds; fails with what is known when it does not.</summary>
    public static async Task UntilAsync(Func<Task<bool>> holds, string what, Func<string> known)
    {
        Stopwatch since = Stopwatch.StartNew();
        while (!await holds())
        {
            Assert.True(since.Elapsed < Deadline, $"waited {Deadline.TotalSeconds} s for this: {what}\n{known()}");
            await Task.Delay(50);
        }
    }

    public static Task UntilAsync(Func<bool> holds, string what, Func<string> known) => UntilAsync(() => Task.FromResult(holds()), what, known);
}
