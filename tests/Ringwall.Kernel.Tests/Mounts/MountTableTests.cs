using System.Text;
using Ringwall.Kernel.Mounts;

namespace Ringwall.Kernel.Tests.Mounts;

public sealed class MountTableTests
{
    private const string Root = "27 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n";

    [Fact]
    public void A_line_is_read_as_the_manual_describes_it()
    {
        Mount mount = Only("36 35 98:1 /mnt1 /mnt2 rw,noatime master:1 shared:7 - ext3 /dev/root rw,errors=continue\n");

        Assert.Equal(36, mount.Id);
        Assert.Equal(35, mount.ParentId);
        Assert.Equal(new DeviceNumber(98, 1), mount.Device);
        Assert.Equal("/mnt1"u8, mount.Root);
        Assert.Equal("/mnt2"u8, mount.Point);
        Assert.Equal("ext3", mount.Type);
        Assert.Equal(FileSystemKind.Local, mount.Kind);
        Assert.False(mount.ShowsWhole);
    }

    [Fact]
    public void Escapes_become_the_bytes_that_they_stand_for()
    {
        Mount mount = Only("1 0 0:1 / /a\\040b\\011c\\012d\\134e\\043f\\377 rw - tmpfs x rw\n");

        Assert.Equal((byte[])[.. "/a b\tc\nd\\e#f"u8, 0xff], mount.Point);
    }

    [Theory]
    [InlineData("ext4", FileSystemKind.Local)]
    [InlineData("tmpfs", FileSystemKind.Local)]
    [InlineData("overlay", FileSystemKind.Local)]
    [InlineData("nfs4", FileSystemKind.Network)]
    [InlineData("9p", FileSystemKind.Network)]
    [InlineData("fuse.sshfs", FileSystemKind.Fuse)]
    [InlineData("fuseblk", FileSystemKind.Fuse)]
    [InlineData("virtiofs", FileSystemKind.Fuse)]
    [InlineData("autofs", FileSystemKind.Autofs)]
    [InlineData("proc", FileSystemKind.Pseudo)]
    [InlineData("cgroup2", FileSystemKind.Pseudo)]
    [InlineData("somethingnew", FileSystemKind.Unknown)]
    public void File_systems_are_sorted_by_what_touching_them_can_do(string type, FileSystemKind kind) =>
        Assert.Equal(kind, FileSystemKinds.Of(type));

    [Theory]
    [InlineData("nfs4", false)]
    [InlineData("fuse.sshfs", false)]
    [InlineData("autofs", false)]
    [InlineData("somethingnew", false)]
    [InlineData("ext4", true)]
    [InlineData("sysfs", true)]
    public void A_local_mount_is_touched_only_if_nobody_else_is_on_the_way_to_it(string between, bool touched)
    {
        MountTable table = Parse(Root + $"30 27 0:40 / /far rw - {between} x rw\n" + "31 30 0:41 / /far/near rw - tmpfs x rw\n");

        Assert.Equal(touched, table.Mounts[2].MayBeTouched);
        Assert.True(table.Mounts[0].MayBeTouched);
    }

    [Fact]
    public void A_mount_that_is_covered_is_not_touched_because_its_path_leads_to_another()
    {
        MountTable table = Parse(Root + "30 27 0:40 / /m rw - tmpfs x rw\n31 30 0:41 / /m rw - ext4 x rw\n32 31 0:42 / /m rw - nfs4 x rw\n");

        Assert.Equal([true, false, false, false], table.Mounts.Select(mount => mount.MayBeTouched));
    }

    [Theory]
    [InlineData("nfs4")]
    [InlineData("tmpfs")]
    public void A_mount_below_a_directory_that_was_mounted_over_later_is_not_touched(string over)
    {
        MountTable table = Parse(
            Root + $"30 27 0:40 / /a/b rw - tmpfs x rw\n31 27 0:41 / /a rw - {over} x rw\n32 27 0:42 / /ab rw - tmpfs x rw\n33 27 0:43 / /a\\040b rw - tmpfs x rw\n");

        Assert.Equal([true, false, over == "tmpfs", true, true], table.Mounts.Select(mount => mount.MayBeTouched));
    }

    [Fact]
    public void A_root_that_was_mounted_over_is_covered_and_what_lies_over_it_is_the_root()
    {
        MountTable table = Parse(Root + "30 27 0:40 / / rw - overlay x rw\n31 30 0:41 / /m rw - tmpfs x rw\n32 27 0:42 / /old rw - tmpfs x rw\n");

        Assert.Equal([false, true, true, false], table.Mounts.Select(mount => mount.MayBeTouched));
    }

    [Fact]
    public void A_table_that_goes_round_in_circles_is_not_followed_for_ever()
    {
        MountTable table = Parse("1 2 0:1 / /a rw - tmpfs x rw\n2 1 0:2 / /b rw - tmpfs x rw\n");

        Assert.All(table.Mounts, mount => Assert.False(mount.MayBeTouched));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x 1 0:1 / / rw - tmpfs x rw")]
    [InlineData("1 1 0 / / rw - tmpfs x rw")]
    [InlineData("1 1 0:1 / / rw shared:1 tmpfs x rw")]
    [InlineData("1 1 0:1 / / rw -")]
    [InlineData("1 1 0:1 /")]
    public void A_line_that_is_not_like_that_is_left_out_and_the_rest_is_read(string line)
    {
        MountTable table = Parse(line + "\n" + Root);

        Assert.Equal(27, Assert.Single(table.Mounts).Id);
        Assert.Equal(line.Length == 0 ? 0 : 1, table.Unreadable);
    }

    [Fact]
    public void The_tables_of_this_machine_can_be_read()
    {
        // Others mount and unmount, also in tests beside this one: what was read counts when nothing has changed meanwhile.
        using MountWatch changes = new();
        string[] lines;
        MountTable table;
        long until = Environment.TickCount64 + 60_000;
        do
        {
            Assert.True(Environment.TickCount64 < until, "the mounts of this machine never rest");
            _ = changes.Wait(TimeSpan.Zero);
            table = MountTable.Read();
            lines = File.ReadAllLines("/proc/self/mountinfo");
        }
        while (changes.Wait(TimeSpan.Zero));

        Assert.Equal(0, table.Unreadable);
        Assert.Equal(lines.Length, table.Mounts.Count);
        Assert.Contains(table.Mounts, mount => mount.Kind == FileSystemKind.Pseudo && !mount.MayBeTouched);
    }

    // Fuzz: real lines, damaged. Whatever is accepted must be found again by slow obvious code.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Damaged_tables_are_survived_and_what_is_accepted_is_true(int seed)
    {
        Random random = new(seed);
        byte[] good = File.ReadAllBytes("/proc/self/mountinfo");
        int accepted = 0;
        int refused = 0;
        for (int round = 0; round < 2_000; round++)
        {
            byte[] bad = [.. good];
            for (int i = random.Next(1, 30); i > 0; i--)
            {
                int at = random.Next(bad.Length);
                bad[at] = random.Next(4) switch
                {
                    0 => (byte)' ',
                    1 => (byte)'\\',
                    2 => (byte)'\n',
                    _ => (byte)random.Next(256),
                };
            }

            MountTable table = MountTable.Parse(bad.AsSpan(0, random.Next(bad.Length)));
            refused += table.Unreadable;
            foreach (Mount mount in table.Mounts)
            {
                accepted++;
                Assert.NotEmpty(mount.Point);
                Assert.NotEmpty(mount.Type);
                Assert.Equal(FileSystemKinds.Of(mount.Type), mount.Kind);
                Assert.DoesNotContain(mount.Point, b => b is (byte)'\n' && !bad.AsSpan().ContainsAny("\\"u8));
            }
        }

        Assert.True(accepted > 0 && refused > 0, $"accepted {accepted}, refused {refused}: this run proved nothing");
    }

    private static Mount Only(string line)
    {
        MountTable table = Parse(line);
        Assert.Equal(0, table.Unreadable);
        return Assert.Single(table.Mounts);
    }

    private static MountTable Parse(string text) => MountTable.Parse(Encoding.UTF8.GetBytes(text));
}
