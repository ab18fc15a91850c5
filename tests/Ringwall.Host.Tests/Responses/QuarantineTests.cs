using System.Text;
using Ringwall.Contract;
using Ringwall.Host.Responses;
using Ringwall.Host.Tests.Asks;
using Ringwall.Kernel.Files;

namespace Ringwall.Host.Tests.Responses;

/// <summary>The way into the vault and back, on real filesystems.</summary>
[Collection("kernel")]
public sealed class QuarantineTests
{
    private const string Path1 = "bad";

    private static TestMount Mount(string type) => type == "tmpfs" ? TestMount.Tmpfs() : TestMount.Ext4();

    [Theory]
    [InlineData("tmpfs")]
    [InlineData("ext4")]
    public void A_file_goes_into_the_vault_and_comes_back_as_it_was(string type)
    {
        using TestMount mount = Mount(type);
        using DeskAtWork at = new();
        string path = mount[Path1];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using (FileStream file = File.Create(path))
        {
            // Mostly a hole, with something at both ends.
            file.Write("#!/bin/true\n"u8);
            file.Seek(6_000_000, SeekOrigin.Begin);
            file.Write("end"u8);
        }

        Belongings.GiveAll(path);
        if (type == "ext4")
        {
            TestMount.Run("chattr", "+d", path);
        }

        string before = Belongings.Of(path);
        Assert.Contains("security.capability", before, StringComparison.Ordinal);
        Assert.Contains("system.posix_acl_access", before, StringComparison.Ordinal);

        Assert.Equal((ResponseOutcome.Done, ""), Became(at.Quarantine(path)));
        Assert.Empty(Entries(mount));
        Assert.Equal("rwx------", Mode(at.VaultFolder));
        string content = Assert.Single(at.Contents);
        Assert.Equal("rw-------", Mode(content));
        Assert.True(new FileInfo(content).Length == 6_000_003);
        Act act = Assert.Single(at.Desk.Acts);
        Assert.Equal((1L, ResponseKind.Quarantine, "yara", 3L, ActState.Done, "it looks bad"), (act.Id, act.Kind, act.Sensor, act.Generation, act.State, act.Reason));

        UndoneAct undone = Assert.Single(at.Desk.Undo(new UndoOrder()));
        Assert.True(undone.Result == UndoResult.Undone, undone.Note);
        Assert.Equal(before, Belongings.Of(path));
        Assert.Equal($"back at {path}", undone.Note);
        Assert.Empty(at.Contents);
        Assert.Single(Entries(mount));

        // Again is nothing more.
        Assert.Equal(UndoResult.Already, Assert.Single(at.Desk.Undo(new UndoOrder())).Result);
        Assert.Equal(before, Belongings.Of(path));

        // The control: what compares sees a single changed attribute.
        File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch);
        Assert.NotEqual(before, Belongings.Of(path));
    }

    [Fact]
    public void A_file_that_nobody_may_change_is_taken_all_the_same_and_comes_back_so()
    {
        using TestMount mount = TestMount.Ext4();
        using DeskAtWork at = new();
        string path = mount.Write(Path1, "bad");
        TestMount.Run("chattr", "+i", path);
        string before = Belongings.Of(path);
        Assert.Contains("flags 0x10\n", before, StringComparison.Ordinal);
        Assert.Equal(ResponseOutcome.Done, at.Quarantine(path).Outcome);
        Assert.False(File.Exists(path));
        Assert.Equal(UndoResult.Undone, Assert.Single(at.Desk.Undo(new UndoOrder())).Result);
        Assert.Equal(before, Belongings.Of(path));
        TestMount.Run("chattr", "-i", path);
    }

    [Fact]
    public void When_something_else_has_its_place_it_comes_back_beside_it_and_says_so()
    {
        using TestMount mount = TestMount.Tmpfs();
        using DeskAtWork at = new();
        string path = mount.Write(Path1, "first");
        Assert.Equal(ResponseOutcome.Done, at.Quarantine(path).Outcome);
        mount.Write(Path1, "second");
        Assert.Equal(ResponseOutcome.Done, at.Quarantine(path).Outcome);
        mount.Write(Path1, "third");
        IReadOnlyList<UndoneAct> undone = at.Desk.Undo(new UndoOrder());
        Assert.All(undone, one => Assert.Equal(UndoResult.Undone, one.Result));
        Assert.All(undone, one => Assert.Contains($"something else is at {path} now", one.Note, StringComparison.Ordinal));
        Assert.Equal("third", File.ReadAllText(path));
        Assert.Equal("first", File.ReadAllText(path + ".ringwall-restored-1"));
        Assert.Equal("second", File.ReadAllText(path + ".ringwall-restored-2"));
    }

    [Fact]
    public void Folders_that_are_gone_are_made_again_as_they_were_and_links_in_their_place_are_not_followed()
    {
        using TestMount mount = TestMount.Tmpfs();
        using DeskAtWork at = new();
        string folder = Directory.CreateDirectory(mount["a/b"]).FullName;
        TestMount.Run("chown", "1000:1001", folder);
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.SetGroup);
        string path = mount.Write("a/b/bad", "bad");
        Assert.Equal(ResponseOutcome.Done, at.Quarantine(path).Outcome);
        Directory.Delete(mount["a"], recursive: true);
        Directory.CreateDirectory(mount["elsewhere/b"]);
        Directory.CreateSymbolicLink(mount["a"], mount["elsewhere"]);
        UndoneAct refused = Assert.Single(at.Desk.Undo(new UndoOrder()));
        Assert.Equal(UndoResult.Failed, refused.Result);
        Assert.Empty(Directory.EnumerateFileSystemEntries(mount["elsewhere/b"]));
        Assert.Single(at.Contents);

        File.Delete(mount["a"]);
        Assert.Equal(UndoResult.Undone, Assert.Single(at.Desk.Undo(new UndoOrder())).Result);
        Assert.Equal("bad", File.ReadAllText(path));
        Assert.True(OpenFile.TryStat(folder, out FileState state));
        Assert.Equal((1000U, 1001U, "rwxr-S---"), (state.Owner, state.Group, Mode(folder).Replace("r-----", "r-S---", StringComparison.Ordinal)));
    }

    [Fact]
    public void Other_names_of_the_file_are_noted()
    {
        using TestMount mount = TestMount.Tmpfs();
        using DeskAtWork at = new();
        string path = mount.Write(Path1, "bad");
        TestMount.Run("ln", path, mount["other"]);
        Assert.Equal(ResponseOutcome.Done, at.Quarantine(path).Outcome);
        Assert.Equal("1 other names still lead to the content", Assert.Single(at.Desk.Acts).Note);
        Assert.Contains("it had 1 other names", Assert.Single(at.Desk.Undo(new UndoOrder())).Note, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_the_file_that_the_sensor_saw_is_taken()
    {
        using TestMount mount = TestMount.Tmpfs();
        using DeskAtWork at = new();
        string path = mount.Write(Path1, "bad");
        string other = mount.Write("other", "good");
        Directory.CreateDirectory(mount["folder"]);
        string inside = mount.Write("folder/bad", "bad");
        Assert.True(OpenFile.TryStat(path, out FileState bad));
        Assert.True(OpenFile.TryStat(inside, out FileState deep));

        // Another file at the path, a link to the very file, a link on the way to it, nothing at all, what is no file.
        Assert.Equal((ResponseOutcome.Refused, "changed"), Became(at.Send(Request(other, bad))));
        File.CreateSymbolicLink(mount["link"], path);
        Assert.Equal((ResponseOutcome.Refused, "changed"), Became(at.Send(Request(mount["link"], bad))));
        Directory.CreateSymbolicLink(mount["way"], mount["folder"]);
        Assert.Equal((ResponseOutcome.Refused, "changed"), Became(at.Send(Request(mount["way/bad"], deep))));
        Assert.Equal((ResponseOutcome.Refused, "gone"), Became(at.Send(Request(mount["none"], bad))));
        Assert.Equal((ResponseOutcome.Refused, "gone"), Became(at.Send(Request(mount["none/bad"], bad))));
        Assert.True(OpenFile.TryStat(mount["folder"], out FileState folder));
        Assert.Equal((ResponseOutcome.Refused, "changed"), Became(at.Send(Request(mount["folder"], folder))));
        Assert.True(OpenFile.TryStat("/proc/1/status", out FileState status));
        Assert.Equal((ResponseOutcome.Refused, "elsewhere"), Became(at.Send(Request("/proc/1/status", status))));
        Assert.Equal((ResponseOutcome.Refused, "no-target"), Became(at.Send(Request("bad", bad))));
        Assert.Equal((ResponseOutcome.Refused, "no-target"), Became(at.Send(Request(mount.Point + "/..", bad))));
        Assert.Equal((ResponseOutcome.Refused, "error"), Became(at.Send(Request(mount["folder/../bad"], bad))));
        Assert.Equal((ResponseOutcome.Refused, "no-target"), Became(at.Send(new RequestMessage { Number = 1, Kind = ResponseKind.Quarantine })));
        Assert.Empty(at.Desk.Acts);
        Assert.Equal("bad", File.ReadAllText(path));

        // The control: the right one is.
        Assert.Equal(ResponseOutcome.Done, at.Send(Request(inside, deep)).Outcome);
    }

    [Theory]
    [InlineData("file")]
    [InlineData("link")]
    [InlineData("nothing")]
    public void Whoever_takes_the_files_place_at_the_last_moment_is_left_alone(string instead)
    {
        using TestMount mount = TestMount.Tmpfs();
        string path = mount.Write(Path1, "bad");
        mount.Write("victim", "good");
        void Exchange()
        {
            File.Move(path, mount["escaped"]);
            if (instead == "file")
            {
                File.WriteAllText(path, "mine");
            }
            else if (instead == "link")
            {
                File.CreateSymbolicLink(path, mount["victim"]);
            }
        }

        bool exchanged = false;
        using DeskAtWork at = new(change: context => context with
        {
            Step = step =>
            {
                if (step == "aside" && !exchanged)
                {
                    exchanged = true;
                    Exchange();
                }
            },
        });
        Assert.Equal((ResponseOutcome.Failed, "changed"), Became(at.Quarantine(path)));
        Assert.Equal("good", File.ReadAllText(mount["victim"]));
        Assert.Equal("bad", File.ReadAllText(mount["escaped"]));
        Assert.Equal(instead switch { "file" => "mine", "link" => "good", _ => null }, File.Exists(path) ? File.ReadAllText(path) : null);
        Assert.Equal(instead == "nothing" ? 2 : 3, Entries(mount).Length);
        Assert.Empty(at.Contents);
        Assert.Equal(ActState.Failed, Assert.Single(at.Desk.Acts).State);
    }

    [Fact]
    public void A_file_that_somebody_writes_is_not_taken()
    {
        using TestMount mount = TestMount.Tmpfs();
        using DeskAtWork at = new();
        string path = mount.Write(Path1, "bad");
        using (FileStream writer = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            Assert.Equal((ResponseOutcome.Refused, "busy"), Became(at.Quarantine(path)));
        }

        Assert.Empty(at.Contents);
        Assert.Equal(ResponseOutcome.Done, at.Quarantine(path).Outcome);
    }

    [Fact]
    public void What_cannot_be_written_down_is_not_done()
    {
        using TestMount mount = TestMount.Tmpfs();
        using TestMount small = TestMount.Tmpfs();
        TestMount.Run("mount", "-o", "remount,size=66m", small.Point);
        using DeskAtWork at = new(small.Point);
        string path = mount.Write(Path1, "bad");
        File.WriteAllBytes(small["filler"], new byte[1024 * 1024]);
        Assert.NotEqual(0, TestMount.TryRun("dd", "if=/dev/zero", $"of={small["rest"]}", "bs=64k"));       // until it is full

        Assert.Equal((ResponseOutcome.Refused, "unsafe"), Became(at.Quarantine(path)));
        Assert.Equal("bad", File.ReadAllText(path));
        Assert.Empty(at.Desk.Acts);
        File.Delete(small["rest"]);
        Assert.Equal(ResponseOutcome.Done, at.Quarantine(path).Outcome);
    }

    [Fact]
    public void A_vault_that_was_meddled_with_gives_nothing_wrong_back()
    {
        using TestMount mount = TestMount.Tmpfs();
        using DeskAtWork at = new();
        string path = mount.Write(Path1, "bad");
        Assert.Equal(ResponseOutcome.Done, at.Quarantine(path).Outcome);
        string content = Assert.Single(at.Contents);
        File.WriteAllText(content, "BAD");
        UndoneAct failed = Assert.Single(at.Desk.Undo(new UndoOrder()));
        Assert.Equal(UndoResult.Failed, failed.Result);
        Assert.Contains("damaged", failed.Note, StringComparison.Ordinal);
        Assert.False(File.Exists(path));
        File.WriteAllText(content, "bad");
        Assert.Equal(UndoResult.Undone, Assert.Single(at.Desk.Undo(new UndoOrder())).Result);
        Assert.Equal([path], Entries(mount));
    }

    [Fact]
    public void A_rehearsal_without_undo_keeps_nothing_and_says_so()
    {
        using TestMount mount = TestMount.Tmpfs();
        using DeskAtWork at = new(change: context => DeskAtWork.Without(context, Host.Configuration.Guard.Undo));
        string path = mount.Write(Path1, "bad");
        Assert.Equal(ResponseOutcome.Done, at.Quarantine(path).Outcome);
        Assert.Empty(at.Contents);
        UndoneAct failed = Assert.Single(at.Desk.Undo(new UndoOrder()));
        Assert.Equal(UndoResult.Failed, failed.Result);
        Assert.Contains("not kept", failed.Note, StringComparison.Ordinal);
    }

    internal static RequestMessage Request(string path, in FileState state) => new()
    {
        Number = 1, Kind = ResponseKind.Quarantine, Path = Encoding.UTF8.GetBytes(path), Device = state.Identity.Device, Inode = state.Identity.Inode,
    };

    internal static (ResponseOutcome Outcome, string Reason) Became(OutcomeMessage outcome) => (outcome.Outcome, outcome.Reason);

    internal static string[] Entries(TestMount mount) => [.. Directory.EnumerateFileSystemEntries(mount.Point).Where(entry => Path.GetFileName(entry) != "lost+found")];

    private static string Mode(string path)
    {
        UnixFileMode mode = File.GetUnixFileMode(path);
        return string.Concat("rwxrwxrwx".Select((letter, place) => ((int)mode & (1 << (8 - place))) != 0 ? letter : '-'));
    }
}
