using System.Diagnostics;
using Ringwall.Contract;
using Ringwall.Host.Responses;
using Ringwall.Host.Tests.Asks;

namespace Ringwall.Host.Tests.Responses;

/// <summary>A process that quarantines a file and takes it back is killed by the kernel at each system call that changes something; then the next one goes on.</summary>
[Collection("kernel")]
public sealed class KillTests
{
    private const string Home = "RINGWALL_TEST_VAULT";
    private const string Target = "RINGWALL_TEST_FILE";
    private const int Killed = 128 + 9;
    private const int MostCalls = 50;
    private static readonly string[] Calls = ["fsync", "renameat2", "unlinkat", "pwrite64"];

    [Fact]
    public void Whenever_it_is_killed_the_file_is_at_its_place_or_in_the_vault_and_comes_back_as_it_was()
    {
        if (!File.Exists("/usr/bin/strace"))
        {
            Assert.Skip("needs strace (apt install strace)");
        }

        using TestMount mount = TestMount.Tmpfs();
        int kills = 0, there = 0;
        foreach (string call in Calls)
        {
            int exit = Killed;
            for (int time = 1; exit == Killed && time < MostCalls; time++)
            {
                exit = KillAndGoOn(mount, call, time, ref there);
                kills += exit == Killed ? 1 : 0;
            }

            Assert.Equal(0, exit);      // the control: unkilled, it does all of it
        }

        Assert.True(kills >= 15 && there > 0 && there < kills, $"{kills} kills, {there} times the file was at its place: this run proved nothing");
    }

    private static int KillAndGoOn(TestMount mount, string call, int time, ref int there)
    {
        string home = Directory.CreateTempSubdirectory("ringwall-vault-").FullName;
        string path = mount.Write("bad", "bad content");
        Belongings.GiveAll(path);
        string before = Belongings.Of(path);
        int exit = Run(home, path, call, time);
        there += exit == Killed && File.Exists(path) ? 1 : 0;
        using (DeskAtWork next = new(home))
        {
            Assert.All(
                next.Desk.Undo(new UndoOrder()),
                undone => Assert.True(undone.Result is UndoResult.Undone or UndoResult.Already, $"{call} {time}: {undone.Result} {undone.Note}"));
            Assert.Equal(before, Belongings.Of(path));
            Assert.Equal([path], QuarantineTests.Entries(mount));
            Assert.Empty(next.Contents);
        }

        File.Delete(path);
        Directory.Delete(home, recursive: true);
        return exit;
    }

    // What is killed: run by the test above, in a process of its own.
    [Fact]
    public void It_quarantines_and_takes_back()
    {
        if (Environment.GetEnvironmentVariable(Home) is not { } home)
        {
            Assert.Skip("a part of the other test");
            return;
        }

        using DeskAtWork at = new(home);
        Assert.Equal(ResponseOutcome.Done, at.Quarantine(Environment.GetEnvironmentVariable(Target)!).Outcome);
        Assert.Equal(UndoResult.Undone, Assert.Single(at.Desk.Undo(new UndoOrder())).Result);
    }

    private static int Run(string home, string path, string call, int time)
    {
        ProcessStartInfo start = new("/usr/bin/strace",
        [
            "-f", "-qq", "-o", "/dev/null", "-e", $"trace={call}", "-e", $"inject={call}:signal=SIGKILL:when={time}",
            Path.Combine(AppContext.BaseDirectory, "Ringwall.Host.Tests"), "-noColor", "-method", $"{typeof(KillTests).FullName}.{nameof(It_quarantines_and_takes_back)}",
        ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[Home] = home;
        start.Environment[Target] = path;
        using Process strace = Process.Start(start)!;
        Task<string> errors = strace.StandardError.ReadToEndAsync();
        string said = strace.StandardOutput.ReadToEnd();
        Assert.True(strace.WaitForExit(TimeSpan.FromMinutes(5)), "it hangs");
        Assert.True(strace.ExitCode is 0 or Killed, $"{call} {time}: {strace.ExitCode}\n{said}\n{errors.Result}");
        return strace.ExitCode;
    }
}
