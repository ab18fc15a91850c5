using System.Runtime.InteropServices;
using Ringwall.Kernel.Abi;
using Ringwall.Kernel.Netlink;
using static Ringwall.Kernel.Abi.linux_netlink;

namespace Ringwall.Kernel.Tests.Netlink;

public sealed class ConnectorEventTests
{
    [Fact]
    public void A_fork_names_the_child_and_its_parents_process()
    {
        Assert.True(ConnectorEvent.TryParse(Message(PROC_EVENT_FORK, 10, 11, 20, 21), out ConnectorEvent fork));
        Assert.Equal((20, 21, 11u), (fork.Pid, fork.Process, fork.Other));
    }

    [Fact]
    public void An_end_names_the_thread_its_process_and_the_code()
    {
        Assert.True(ConnectorEvent.TryParse(Message(PROC_EVENT_EXIT, 10, 11, 256, 17), out ConnectorEvent end));
        Assert.Equal((10, 11, 256u), (end.Pid, end.Process, end.Other));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Damaged_messages_are_survived_and_what_is_accepted_is_whole(int seed)
    {
        Random random = new(seed);
        int accepted = 0;
        int refused = 0;
        for (int round = 0; round < 50_000; round++)
        {
            byte[] bad = Message((uint)random.Next(), (uint)random.Next(), 2, 3, 4);
            for (int i = random.Next(3); i > 0; i--)
            {
                bad[random.Next(bad.Length)] = (byte)random.Next(256);
            }

            bad = bad[..(random.Next(3) == 0 ? random.Next(bad.Length) : bad.Length)];
            if (ConnectorEvent.TryParse(bad, out ConnectorEvent read))
            {
                accepted++;
                Assert.True(bad.Length >= 76);
                Assert.Equal(BitConverter.ToUInt32(bad, 36), read.Kind);
                Assert.Equal(BitConverter.ToUInt32(bad, 24), read.Number);
            }
            else
            {
                refused++;
            }
        }

        Assert.True(accepted > 1_000 && refused > 1_000, $"accepted {accepted}, refused {refused}: this run proved nothing");
    }

    private static byte[] Message(uint what, uint first, uint second, uint third, uint fourth)
    {
        byte[] message = new byte[Marshal.SizeOf<nlmsghdr>() + Marshal.SizeOf<cn_msg>() + Marshal.SizeOf<proc_event>()];
        nlmsghdr outer = new() { nlmsg_len = (uint)message.Length, nlmsg_type = NLMSG_DONE };
        cn_msg head = new() { id = new cb_id { idx = CN_IDX_PROC, val = CN_VAL_PROC }, seq = 5, len = (ushort)Marshal.SizeOf<proc_event>() };
        proc_event told = new() { what = what, spare_first = first, spare_second = second, spare_third = third, spare_fourth = fourth };
        MemoryMarshal.Write(message, in outer);
        MemoryMarshal.Write(message.AsSpan(16), in head);
        MemoryMarshal.Write(message.AsSpan(36), in told);
        return message;
    }
}
