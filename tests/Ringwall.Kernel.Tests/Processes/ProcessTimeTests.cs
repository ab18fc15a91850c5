using System.Diagnostics;
using Ringwall.Kernel.Processes;

namespace Ringwall.Kernel.Tests.Processes;

public sealed class ProcessTimeTests
{
    [Fact]
    public void Children_that_burn_time_count_with_their_parent()
    {
        Assert.SkipUnless(File.Exists("/proc/thread-self/children"), "needs CONFIG_PROC_CHILDREN");
        using Process parent = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "(while :; do :; done) & wait"]))!;
        try
        {
            TimeSpan much = TimeSpan.FromMilliseconds(300);
            Assert.True(SpinWait.SpinUntil(() => ProcessTime.OfAll(parent.Id) > much, TimeSpan.FromSeconds(60)), "the child's time does not show");
            Assert.True(ProcessTime.Of(parent.Id) < much, "the parent itself burnt it: this proves nothing");
        }
        finally
        {
            parent.Kill(entireProcessTree: true);
        }

        parent.WaitForExit();
        Assert.Equal(TimeSpan.Zero, ProcessTime.OfAll(parent.Id));
    }
}
