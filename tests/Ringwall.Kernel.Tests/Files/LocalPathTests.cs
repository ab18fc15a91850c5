using System.Diagnostics;
using Microsoft.Win32.SafeHandles;
using Ringwall.Kernel.Files;
using Ringwall.Kernel.Mounts;

namespace Ringwall.Kernel.Tests.Files;

public sealed class LocalPathTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("ringwall-path-").FullName;

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Fact]
    public void Links_are_followed_to_the_file_that_the_kernel_would_find()
    {
        Directory.CreateDirectory(At("a/b"));
        File.WriteAllText(At("a/b/file"), "x");
        File.CreateSymbolicLink(At("absolute"), At("a"));
        File.CreateSymbolicLink(At("a/relative"), "../absolute/./b");

        using SafeFileHandle? held = LocalPath.TryHold(At("a/relative/../b//file"), out string refusal);
        Assert.Equal("", refusal);
        Assert.True(OpenFile.TryStat((int)held!.DangerousGetHandle(), out FileState found));
        Assert.True(OpenFile.TryStat(At("a/b/file"), out FileState there));
        Assert.Equal(there.Identity, found.Identity);
        using SafeFileHandle opened = LocalPath.OpenForReading(held);
        Assert.Equal(1, RandomAccess.GetLength(opened));
    }

    [Theory]
    [InlineData("missing", "No such file")]
    [InlineData("file/below", "Not a directory")]
    [InlineData("round", "too many links")]
    public void What_cannot_be_found_is_refused_with_the_reason(string name, string reason)
    {
        File.WriteAllText(At("file"), "x");
        File.CreateSymbolicLink(At("round"), At("round"));

        Assert.Null(LocalPath.TryHold(At(name), out string refusal));
        Assert.StartsWith(At(name), refusal, StringComparison.Ordinal);
        Assert.Contains(reason, refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fifo_is_held_without_waiting_and_known_for_no_regular_file()
    {
        using (Process made = Process.Start("mkfifo", At("fifo")))
        {
            made.WaitForExit();
        }

        using SafeFileHandle? held = LocalPath.TryHold(At("fifo"), out _);
        Assert.True(OpenFile.TryStat((int)held!.DangerousGetHandle(), out FileState state));
        Assert.False(state.IsRegular);
    }

    [Fact]
    public async Task A_link_into_a_filesystem_that_never_answers_is_refused_and_not_followed()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && File.Exists("/dev/fuse"), "needs root and /dev/fuse");
        Directory.CreateDirectory(At("far"));
        File.CreateSymbolicLink(At("link"), At("far/file"));

        // Somebody mounts, and never answers a question.
        using Process silent = Process.Start("/bin/sh", [
            "-c", "exec 3<>/dev/fuse && mount -i -t fuse -o fd=3,rootmode=40000,user_id=0,group_id=0 silent \"$0\" && exec sleep 600", At("far")]);
        try
        {
            string far = At("far");
            long until = Environment.TickCount64 + 60_000;
            while (!MountTable.Read().Mounts.Any(mount => System.Text.Encoding.UTF8.GetString(mount.Point) == far))
            {
                Assert.False(silent.HasExited, "it could not be mounted");
                Assert.True(Environment.TickCount64 < until, "it was not mounted in a minute");
            }

            foreach (string name in (string[])["far/file", "link", "far"])
            {
                Task<string> looked = Task.Run(() =>
                {
                    Assert.Null(LocalPath.TryHold(At(name), out string refusal));
                    return refusal;
                });
                Assert.Contains("never guarded", await looked.WaitAsync(TimeSpan.FromSeconds(60)), StringComparison.Ordinal);
            }
        }
        finally
        {
            silent.Kill();
            using Process gone = Process.Start("umount", ["-l", At("far")]);
            gone.WaitForExit();
        }
    }

    private string At(string name) => Path.Combine(_home, name);
}
