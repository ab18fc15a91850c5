using System.Buffers.Binary;
using System.Text;
using Ringwall.Kernel.Fanotify;
using Ringwall.Kernel.Tests.Tells;

namespace Ringwall.Kernel.Tests.Fanotify;

public sealed class ChangeReaderTests
{
    [Fact]
    public void A_rename_has_both_names_and_the_file()
    {
        byte[] buffer = Event(
            ChangeKinds.Renamed, 42,
            Part(10, Handle(1, [1, 2, 3, 4]), "old name\0\0\0"), Part(12, Handle(1, [5, 6]), "new\0"), Part(1, Handle(1, [9]), ""));

        ChangeReader reader = new(buffer);
        Assert.True(reader.TryRead(out ChangeEvent change));
        Assert.Equal(42, change.Pid);
        Assert.True(change.Has(ChangeKinds.Renamed));
        Assert.Equal("old name"u8, change.Name);
        Assert.Equal("new"u8, change.NewName);
        Assert.Equal([1, 2, 3, 4], change.Directory.Handle.ToArray());
        Assert.Equal([5, 6], change.NewDirectory.Handle.ToArray());
        Assert.Equal([9], change.Target.Handle.ToArray());
        Assert.Equal(1UL, change.Target.FileSystem);
        Assert.False(reader.TryRead(out _));
        Assert.False(reader.Malformed);
    }

    [Fact]
    public void Parts_that_are_not_known_are_passed_over()
    {
        ChangeReader reader = new(Event(ChangeKinds.Written, 1, Part(99, [1, 2, 3], ""), Part(2, Handle(7, [1]), "f\0")));

        Assert.True(reader.TryRead(out ChangeEvent change));
        Assert.Equal("f"u8, change.Name);
        Assert.True(change.Target.IsNone);
    }

    [Fact]
    public void A_length_that_lies_ends_the_reading()
    {
        byte[] buffer = [.. Event(ChangeKinds.Written, 1, Part(2, Handle(7, [1]), "f\0")), .. Event(ChangeKinds.Written, 2, Part(2, Handle(7, [1]), "g\0"))];
        BinaryPrimitives.WriteUInt32LittleEndian(buffer, (uint)buffer.Length + 1);
        ChangeReader reader = new(buffer);

        Assert.False(reader.TryRead(out _));
        Assert.True(reader.Malformed);
        Assert.False(reader.TryRead(out _));
    }

    // Fuzz: real events of the real kernel, damaged. Whatever is accepted lies within the buffer and is well-formed.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Damaged_events_are_survived(int seed)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");
        byte[] good = RealEvents();
        Random random = new(seed);
        int accepted = 0;
        int refused = 0;
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bad = [.. good.AsSpan(0, random.Next(good.Length + 1))];
            for (int i = random.Next(1, 12); i > 0 && bad.Length > 0; i--)
            {
                bad[random.Next(bad.Length)] = (byte)(random.Next(2) == 0 ? random.Next(256) : random.Next(4));
            }

            ChangeReader reader = new(bad);
            int whole = 0;
            while (reader.TryRead(out ChangeEvent change))
            {
                accepted++;
                whole += 24;
                foreach (byte[] handle in (byte[][])[change.Target.Bytes.ToArray(), change.Directory.Bytes.ToArray(), change.NewDirectory.Bytes.ToArray()])
                {
                    whole += handle.Length == 0 ? 0 : handle.Length + 4;
                    if (handle.Length > 0)
                    {
                        Assert.Equal(handle.Length - 16, (int)BinaryPrimitives.ReadUInt32LittleEndian(handle.AsSpan(8)));
                        HandleView view = HandleView.From(handle);
                        Assert.True(view.Handle.Length <= HandleView.LongestHandle);
                        InodeHandles.TryInode("tmpfs", view, out _);
                    }
                }

                Assert.False(change.Name.Contains((byte)0) || change.NewName.Contains((byte)0));
                whole += change.Name.Length + change.NewName.Length;
            }

            Assert.True(accepted == 0 || whole <= 2 * bad.Length + 64, $"{whole} bytes were made of {bad.Length}");
            refused += reader.Malformed ? 1 : 0;
        }

        Assert.True(accepted > 100 && refused > 100, $"accepted {accepted}, refused {refused}: this run proved nothing");
    }

    private static byte[] RealEvents()
    {
        string folder = Directory.CreateTempSubdirectory("ringwall-changes-").FullName;
        Programs.Shell($"mount -t tmpfs changes {folder}");
        try
        {
            using ChangeGroup group = ChangeGroup.Create();
            Assert.True(group.TryWatch(Encoding.UTF8.GetBytes(folder), out Errno errno), errno.ToString());
            Programs.Shell($"cd {folder}; mkdir d; echo x > d/file; mv d/file d/other; chmod 600 d/other; ln d/other l; rm -r d");
            byte[] buffer = new byte[1 << 16];
            int length = group.Read(buffer);
            Assert.True(length > 200, $"only {length} bytes of events came");
            return buffer[..length];
        }
        finally
        {
            // The group is closed, and while it was open it kept nobody from unmounting either.
            Programs.Shell($"for i in $(seq 300); do umount {folder} 2>/dev/null && break; sleep 0.1; done");    // somebody else may be looking at it
            Directory.Delete(folder);
        }
    }

    private static byte[] Handle(ulong fileSystem, byte[] handle)
    {
        byte[] bytes = new byte[16 + handle.Length];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, fileSystem);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), handle.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), 1);
        handle.CopyTo(bytes, 16);
        return bytes;
    }

    private static byte[] Part(byte type, byte[] content, string name)
    {
        byte[] part = [type, 0, 0, 0, .. content, .. Encoding.UTF8.GetBytes(name)];
        BinaryPrimitives.WriteUInt16LittleEndian(part.AsSpan(2), (ushort)part.Length);
        return part;
    }

    private static byte[] Event(ChangeKinds kinds, int pid, params byte[][] parts)
    {
        byte[] whole = [.. new byte[24], .. parts.SelectMany(p => p)];
        BinaryPrimitives.WriteInt32LittleEndian(whole, whole.Length);
        whole[4] = 3;
        BinaryPrimitives.WriteUInt16LittleEndian(whole.AsSpan(6), 24);
        BinaryPrimitives.WriteUInt64LittleEndian(whole.AsSpan(8), (ulong)kinds);
        BinaryPrimitives.WriteInt32LittleEndian(whole.AsSpan(16), -1);
        BinaryPrimitives.WriteInt32LittleEndian(whole.AsSpan(20), pid);
        return whole;
    }
}
