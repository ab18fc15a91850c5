using System.Runtime.InteropServices;
using System.Text;
using Ringwall.Kernel.Abi;
using Ringwall.Kernel.Bpf;
using Ringwall.Kernel.Tells;

namespace Ringwall.Kernel.Tests.Bpf;

public sealed class TellRecordTests
{
    [Theory]
    [InlineData("bash\0bin\0usr\0", false, false, "/usr/bin/bash")]
    [InlineData("", false, false, "/")]
    [InlineData("x\0", true, false, "/x (deleted)")]
    [InlineData("x\0y\0", false, true, "(incomplete)/y/x")]
    public void Names_become_the_path_that_proc_would_show(string names, bool deleted, bool incomplete, string path)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(names);
        Assert.Equal(path, Encoding.UTF8.GetString(NamePath.Build(bytes, new byte[NamePath.Room(bytes.Length)], deleted, incomplete)));
    }

    [Fact]
    public void An_address_inside_another_is_taken_out()
    {
        byte[] mapped = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 1, 2, 3];
        Assert.Equal([10, 1, 2, 3], AddressFamilies.Unmap(mapped).ToArray());
        mapped[3] = 1;
        Assert.Equal(16, AddressFamilies.Unmap(mapped).Length);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Damaged_records_are_survived_and_what_is_accepted_fits(int seed)
    {
        Random random = new(seed);
        int accepted = 0;
        int refused = 0;
        byte[] path = new byte[NamePath.Room(8192)];
        for (int round = 0; round < 50_000; round++)
        {
            byte[] bytes = Record(random);
            for (int i = random.Next(4); i > 0; i--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            if (random.Next(4) == 0)
            {
                bytes = bytes[..random.Next(bytes.Length)];
            }

            if (!TellRecord.TryOpen(bytes, out TellRecord record))
            {
                refused++;
                continue;
            }

            Assert.Equal(bytes.Length, (int)MemoryMarshal.Read<tell_head>(bytes).size);
            bool taken = record.TryFork(out _, out _) | record.TryExit(out _) | record.TryConnect(out ConnectFacts target);
            Assert.True(target.Address.Length is 0 or 4 or 16);
            if (record.TryExec(out tell_exec exec, out var executable, out var directory, out var arguments))
            {
                taken = true;
                Assert.Equal(bytes.Length, Marshal.SizeOf<tell_exec>() + executable.Length + directory.Length + arguments.Length);
                Assert.Equal(exec.args_length, (uint)arguments.Length);
                Assert.True(NamePath.Build(executable, path, true, true).Length <= NamePath.Room(executable.Length) + executable.Length);
            }

            accepted += taken ? 1 : 0;
            refused += taken ? 0 : 1;
        }

        Assert.True(accepted > 1_000 && refused > 1_000, $"accepted {accepted}, refused {refused}: this run proved nothing");
    }

    private static byte[] Record(Random random)
    {
        uint kind = (uint)random.Next(1, 5);
        byte[] names = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, random.Next(20)).Select(i => $"name{i}\0")));
        byte[] record = kind switch
        {
            bpf_tells.TELL_FORK => new byte[Marshal.SizeOf<tell_fork>()],
            bpf_tells.TELL_EXIT => new byte[Marshal.SizeOf<tell_exit>()],
            bpf_tells.TELL_CONNECT => new byte[Marshal.SizeOf<tell_connect>()],
            _ => [.. new byte[Marshal.SizeOf<tell_exec>()], .. names, .. "dir\0"u8, .. "arg\0"u8],
        };
        if (kind == bpf_tells.TELL_EXEC)
        {
            tell_exec exec = new() { exe_length = (uint)names.Length, cwd_length = 4, args_length = 4 };
            MemoryMarshal.Write(record, in exec);
        }

        tell_head head = new() { kind = kind, size = (uint)record.Length };
        MemoryMarshal.Write(record, in head);
        return record;
    }
}
