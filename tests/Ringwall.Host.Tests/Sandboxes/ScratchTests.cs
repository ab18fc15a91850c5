using System.Text;
using Ringwall.Host.Configuration;
using Ringwall.Host.Sandboxes;
using Ringwall.Kernel;
using Ringwall.Kernel.Files;
using Ringwall.Kernel.Processes;

namespace Ringwall.Host.Tests.Sandboxes;

/// <summary>tests/probes/scratch.c does in the sandbox what a sensor may, and tries the rest.</summary>
[Collection("kernel")]
public sealed class ScratchTests : IDisposable
{
    private const int NoSpace = 28;     // ENOSPC, errno-base.h
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Workshop _workshop = new();

    public ScratchTests() => Workshop.SkipUnlessRoot();

    public void Dispose() => _workshop.Dispose();

    [Fact]
    public void A_sensor_writes_to_its_scratch_folder_within_its_bounds_and_nowhere_else()
    {
        List<string> said = Run(_workshop.Make(Probes.Build("scratch"), [], new SensorLimits { MemoryMb = 64, ScratchMb = 8 }), _workshop.Place);
        string[] mustWork = ["make", "write", "write-at", "read", "shorten", "directory", "rename", "map", "remove-file", "remove-program", "remove-directory", "remove-much"];
        Assert.Equal([], mustWork.Where(name => !said.Contains($"{name} 0")));
        Assert.Contains("content 1234x", said);
        Assert.Equal(11, said.Count(line => line.StartsWith('!')));
        Assert.Equal([], said.Where(line => line.StartsWith('!') && line.EndsWith(" 0", StringComparison.Ordinal)));

        string[] outside = [.. said.Where(line => line.StartsWith("outside", StringComparison.Ordinal))];
        Assert.Equal(30, outside.Length);
        Assert.Equal([], outside.Where(line => line.EndsWith(" 0", StringComparison.Ordinal)));

        // Full is an error of the call, and nothing worse. The folder itself is one of the files.
        Assert.Contains($"full {NoSpace}", said);
        Assert.Contains("filled 8", said);
        Assert.Contains($"no-more-files {NoSpace}", said);
        Assert.Contains($"files {(8 * 64) - 1}", said);
    }

    [Fact]
    public void What_is_in_it_counts_to_the_sensors_memory_and_is_gone_with_it()
    {
        SensorConfiguration sensor = _workshop.Make(Probes.Build("scratch"), ["keep"], new SensorLimits { MemoryMb = 48, ScratchMb = 64 });
        SandboxPlan plan = _workshop.Plan(sensor);
        Sandbox sandbox = Sandbox.Start(plan, _workshop.Place);
        try
        {
            Assert.SkipUnless(sandbox.Group.Bounds(Kernel.Cgroups.Controller.Memory), "needs a control group that bounds memory");
            string said = Hear(sandbox, text => text.Contains("filled", StringComparison.Ordinal) && text.EndsWith('\n'));

            // Half of its memory at most, whatever was configured, so that a full folder alone does not kill it.
            Assert.Contains("filled 24", said, StringComparison.Ordinal);
            Assert.True(sandbox.Group.Use().MemoryBytes >= 24 << 20, $"{sandbox.Group.Use()}");
            Assert.False(sandbox.HasEnded(TimeSpan.Zero, out _));
        }
        finally
        {
            sandbox.End();
        }

        Leftovers.AwaitNone(sensor.Name, plan.User, _workshop.Place.RunDirectory);
    }

    [Fact]
    public void Without_one_there_is_none()
    {
        List<string> said = Run(_workshop.Make(Probes.Build("scratch"), [], new SensorLimits { ScratchMb = 0 }), _workshop.Place);
        Assert.Contains($"make {Errno.ENOENT}", said);
        Assert.Equal([], said.Where(line => line.StartsWith("outside", StringComparison.Ordinal) && line.EndsWith(" 0", StringComparison.Ordinal)));
    }

    [Fact]
    public void With_the_quota_left_out_it_takes_what_the_disk_has_and_leaves_it_at_its_end()
    {
        using Tells.TestMount disk = new("size=20m,mode=755");
        SandboxPlace place = _workshop.Place with { ScratchFolders = Path.Combine(disk.Path, "scratch") };
        SensorConfiguration sensor = _workshop.Make(
            Probes.Build("scratch"), ["keep"], new SensorLimits { MemoryMb = 128, ScratchMb = 1 }.Without(new HashSet<Guard> { Guard.Quota }));
        Sandbox sandbox = Sandbox.Start(_workshop.Plan(sensor), place);
        try
        {
            string said = Hear(sandbox, text => text.Contains("filled", StringComparison.Ordinal) && text.EndsWith('\n'));
            Assert.Contains($"full {NoSpace}", said, StringComparison.Ordinal);
            Assert.Throws<IOException>(() => File.WriteAllBytes(Path.Combine(disk.Path, "somebody-elses"), new byte[1 << 20]));
        }
        finally
        {
            sandbox.End();
        }

        File.WriteAllBytes(Path.Combine(disk.Path, "somebody-elses"), new byte[1 << 20]);
        Assert.Empty(Directory.GetFileSystemEntries(place.ScratchFolders!));
    }

    private List<string> Run(SensorConfiguration sensor, SandboxPlace place)
    {
        Sandbox sandbox = Sandbox.Start(_workshop.Plan(sensor), place);
        string said;
        try
        {
            said = Hear(sandbox, _ => false);
            Assert.True(sandbox.HasEnded(Patience, out ExitStatus status) && status.Succeeded, said);
        }
        finally
        {
            sandbox.End();
        }

        Leftovers.AwaitNone(sensor.Name, SensorUser.For(sensor.RunName), place.RunDirectory);
        return [.. said.Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    private static string Hear(Sandbox sandbox, Func<string, bool> enough)
    {
        StringBuilder said = new();
        byte[] chunk = new byte[4096];
        for (long until = Environment.TickCount64 + (long)Patience.TotalMilliseconds; Environment.TickCount64 < until; Thread.Sleep(1))
        {
            int count = ByteChannel.Read(sandbox.OutputArrived, chunk);
            said.Append(Encoding.UTF8.GetString(chunk, 0, Math.Max(0, count)));
            if (count == 0 || (count > 0 && enough(said.ToString())))
            {
                return said.ToString();
            }
        }

        Assert.Fail($"it did not come to its end: {said}");
        return "";
    }
}
