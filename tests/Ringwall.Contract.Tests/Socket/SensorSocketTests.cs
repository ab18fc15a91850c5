using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Ringwall.Contract.Abi;

namespace Ringwall.Contract.Tests.Socket;

public sealed class SensorSocketTests : IDisposable
{
    private readonly SensorSocket _host;
    private readonly SensorSocket _sensor;
    private readonly byte[] _buffer = new byte[Protocol.MaxMessageBytes];
    private readonly string _path = Path.GetTempFileName();

    public SensorSocketTests()
    {
        (_host, _sensor) = SensorSocket.CreatePair();
        File.WriteAllText(_path, "0123456789");
    }

    public void Dispose()
    {
        _host.Dispose();
        _sensor.Dispose();
        File.Delete(_path);
    }

    [Fact]
    public void Messages_arrive_whole_and_in_order_in_both_directions()
    {
        foreach (int length in (int[])[1, 8, 4000, Protocol.MaxMessageBytes])
        {
            byte[] message = [.. Enumerable.Range(0, length).Select(i => (byte)i)];
            Assert.Equal(SendOutcome.Sent, _host.TrySend(message));
            Assert.Equal(ReceiveOutcome.Received, _sensor.Receive(_buffer, out int received, out PassedDescriptor descriptor));
            Assert.Equal(message, _buffer[..received]);
            Assert.False(descriptor.IsOpen);
            Assert.Equal(-1, descriptor.Number);

            Assert.Equal(SendOutcome.Sent, _sensor.Send(message));
            Assert.Equal(ReceiveOutcome.Received, _host.TryReceive(_buffer, out received));
            Assert.Equal(message, _buffer[..received]);
        }

        Assert.Equal(ReceiveOutcome.Nothing, _host.TryReceive(_buffer, out _));
        Assert.Equal(ReceiveOutcome.Nothing, _sensor.TryReceive(_buffer, out _, out _));
        Assert.False(_host.WaitReadable(0));
    }

    [Fact]
    public void A_passed_descriptor_reads_the_file_is_close_on_exec_and_is_closed_once()
    {
        using SafeFileHandle file = File.OpenHandle(_path);
        Assert.Equal(SendOutcome.Sent, _host.TrySend("ask"u8, (int)file.DangerousGetHandle()));
        int before = Descriptors.Of(_path);
        Assert.Equal(ReceiveOutcome.Received, _sensor.Receive(_buffer, out int length, out PassedDescriptor descriptor));
        Assert.Equal(3, length);
        Assert.Equal(before + 1, Descriptors.Of(_path));
        Assert.True(Descriptors.IsCloseOnExec(descriptor.Number));
        byte[] into = new byte[4];
        Assert.Equal(4, descriptor.Read(into, 3));
        Assert.Equal("3456"u8, into);
        Assert.Equal(0, descriptor.Read(into, 10));
        descriptor.Dispose();
        descriptor.Dispose();
        Assert.Equal(before, Descriptors.Of(_path));
        Assert.Throws<InvalidOperationException>(() => descriptor.Read(into, 0));
    }

    [Fact]
    public void A_detached_descriptor_belongs_to_its_handle()
    {
        using SafeFileHandle file = File.OpenHandle(_path);
        _host.TrySend("ask"u8, (int)file.DangerousGetHandle());
        _sensor.Receive(_buffer, out _, out PassedDescriptor descriptor);
        using SafeFileHandle detached = descriptor.Detach();
        Assert.False(descriptor.IsOpen);
        descriptor.Dispose();
        Assert.Equal(10, RandomAccess.GetLength(detached));
    }

    [Fact]
    public void A_refused_read_is_an_IOException()
    {
        // A descriptor that is open for writing only: pread says EBADF.
        using SafeFileHandle file = File.OpenHandle(_path, access: FileAccess.Write);
        _host.TrySend("ask"u8, (int)file.DangerousGetHandle());
        _sensor.Receive(_buffer, out _, out PassedDescriptor descriptor);
        using (descriptor)
        {
            PassedDescriptor copy = descriptor;
            Assert.Throws<IOException>(() => copy.Read(new byte[1], 0));
        }
    }

    [Fact]
    public void Of_several_descriptors_one_arrives_and_none_leaks()
    {
        using SafeFileHandle file = File.OpenHandle(_path);
        int number = (int)file.DangerousGetHandle();
        int before = Descriptors.Of(_path);
        SendSeveral(_host, number, 5);
        Assert.Equal(ReceiveOutcome.Received, _sensor.Receive(_buffer, out _, out PassedDescriptor descriptor));
        Assert.True(descriptor.IsOpen);
        descriptor.Dispose();
        Assert.Equal(before, Descriptors.Of(_path));
    }

    [Fact]
    public void Without_room_for_a_descriptor_the_message_arrives_alone()
    {
        using SafeFileHandle file = File.OpenHandle(_path);
        int number = (int)file.DangerousGetHandle();
        _host.TrySend("warm"u8, number);
        _sensor.Receive(_buffer, out _, out PassedDescriptor descriptor);
        descriptor.Dispose();
        ReceiveOutcome outcome = default;
        int length = 0;
        Descriptors.WithoutRoom(() =>
        {
            descriptor.Dispose();
            _host.TrySend("ask"u8, number);
            outcome = _sensor.Receive(_buffer, out length, out descriptor);
        });
        Assert.Equal(ReceiveOutcome.Received, outcome);
        Assert.Equal(3, length);
        Assert.False(descriptor.IsOpen);
    }

    [Fact]
    public void A_host_never_holds_what_a_sensor_sends_along()
    {
        using SafeFileHandle file = File.OpenHandle(_path);
        int number = (int)file.DangerousGetHandle();
        int before = Descriptors.Of(_path);
        SendOutcome outcome = _sensor.TrySend("gift"u8, number);

        // Since Linux 6.16 the kernel refuses it; before, it comes without.
        Assert.Contains(outcome, (SendOutcome[])[SendOutcome.Refused, SendOutcome.Sent]);
        if (outcome == SendOutcome.Sent)
        {
            Assert.Equal(ReceiveOutcome.Received, _host.TryReceive(_buffer, out int length));
            Assert.Equal(4, length);
        }

        Assert.Equal(ReceiveOutcome.Nothing, _host.TryReceive(_buffer, out _));
        Assert.Equal(before, Descriptors.Of(_path));
        Assert.Equal(SendOutcome.Sent, _sensor.TrySend("without"u8));
        Assert.Equal(ReceiveOutcome.Received, _host.TryReceive(_buffer, out _));
    }

    [Fact]
    public void What_does_not_fit_is_told_and_is_not_half_there()
    {
        int sent = 0;
        while (_host.TrySend(new byte[1000]) == SendOutcome.Sent)
        {
            sent++;
        }

        Assert.Equal(SendOutcome.Full, _host.TrySend(new byte[1000]));
        int received = 0;
        while (_sensor.TryReceive(_buffer, out int length, out _) == ReceiveOutcome.Received)
        {
            Assert.Equal(1000, length);
            received++;
        }

        Assert.True(sent > 10);
        Assert.Equal(sent, received);
        Assert.Equal(SendOutcome.Sent, _host.TrySend(new byte[1000]));
    }

    [Fact]
    public void A_message_that_is_longer_than_the_buffer_is_gone_as_a_whole_with_its_descriptor()
    {
        using SafeFileHandle file = File.OpenHandle(_path);
        int before = Descriptors.Of(_path);
        _host.TrySend(new byte[100], (int)file.DangerousGetHandle());
        _host.TrySend("next"u8);
        Assert.Equal(ReceiveOutcome.TooLong, _sensor.Receive(_buffer.AsSpan(0, 99), out int length, out PassedDescriptor descriptor));
        Assert.Equal(0, length);
        Assert.False(descriptor.IsOpen);
        Assert.Equal(before, Descriptors.Of(_path));
        Assert.Equal(ReceiveOutcome.Received, _sensor.Receive(_buffer, out length, out _));
        Assert.Equal("next"u8, _buffer.AsSpan(0, length));

        _sensor.Send(new byte[100]);
        Assert.Equal(ReceiveOutcome.TooLong, _host.TryReceive(_buffer.AsSpan(0, 99), out length));
        Assert.Equal(SendOutcome.TooLong, _host.TrySend(new byte[64 << 20]));
    }

    [Fact]
    public void A_closed_end_is_told_to_both_directions_and_raises_no_signal()
    {
        _host.TrySend("last"u8);
        _host.Dispose();
        Assert.Equal(ReceiveOutcome.Received, _sensor.Receive(_buffer, out _, out _));
        Assert.Equal(ReceiveOutcome.Closed, _sensor.Receive(_buffer, out _, out _));
        Assert.Equal(SendOutcome.Closed, _sensor.Send("late"u8));
        Assert.True(_sensor.WaitReadable(-1));
    }

    [Fact]
    public void Unread_messages_at_the_other_end_do_not_hide_that_it_is_closed()
    {
        // The kernel says ECONNRESET when the other end was closed with messages unread.
        _sensor.Send("unread"u8);
        _host.Dispose();
        ReceiveOutcome outcome = _sensor.Receive(_buffer, out _, out _);
        Assert.Equal(ReceiveOutcome.Closed, outcome);
    }

    [Fact]
    public void Shutdown_ends_a_wait_in_another_thread()
    {
        ReceiveOutcome outcome = ReceiveOutcome.Nothing;
        Thread reader = new(() => outcome = _sensor.Receive(_buffer, out _, out _));
        reader.Start();
        _sensor.Shutdown();
        Assert.True(reader.Join(TimeSpan.FromSeconds(60)));
        Assert.Equal(ReceiveOutcome.Closed, outcome);
        Assert.Equal(ReceiveOutcome.Closed, _host.TryReceive(_buffer, out _));
    }

    [Fact]
    public void A_descriptor_that_is_not_open_is_refused()
    {
        Assert.Equal(SendOutcome.DescriptorRefused, _host.TrySend("ask"u8, 1_000_000));
        Assert.Equal(ReceiveOutcome.Nothing, _sensor.TryReceive(_buffer, out _, out _));
    }

    [Fact]
    public void Both_ends_are_close_on_exec()
    {
        Assert.True(Descriptors.IsCloseOnExec((int)_host.DangerousGetHandle()));
        Assert.True(Descriptors.IsCloseOnExec((int)_sensor.DangerousGetHandle()));
    }

    [Fact]
    public void What_is_not_a_hosts_socket_is_not_adopted_and_stays_open()
    {
        using SafeFileHandle file = File.OpenHandle(_path);
        int number = (int)file.DangerousGetHandle();
        SensorSocketException refused = Assert.Throws<SensorSocketException>(() => SensorSocket.Adopt(number));
        Assert.Contains($"Descriptor {number}", refused.Message, StringComparison.Ordinal);
        Assert.Equal(10, RandomAccess.GetLength(file));
        Assert.Throws<SensorSocketException>(() => SensorSocket.Adopt(1_000_000));
    }

    [Theory, InlineData(null, "is not set"), InlineData("", "is not set"), InlineData("three", "not the number"), InlineData("-1", "not the number"), InlineData("999999", "not the socket")]
    public void The_environment_names_the_socket_or_a_clear_error_says_why_not(string? value, string expected)
    {
        string? before = Environment.GetEnvironmentVariable(Protocol.SocketVariable);
        Environment.SetEnvironmentVariable(Protocol.SocketVariable, value);
        try
        {
            Assert.Contains(expected, Assert.Throws<SensorSocketException>(SensorSocket.FromEnvironment).Message, StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable(Protocol.SocketVariable, before);
        }
    }

    private static unsafe void SendSeveral(SensorSocket from, int descriptor, int count)
    {
        byte* control = stackalloc byte[16 + 64];
        *(cmsghdr*)control = new cmsghdr { cmsg_len = (nuint)(16 + (4 * count)), cmsg_level = sys_socket.SOL_SOCKET, cmsg_type = sys_socket.SCM_RIGHTS };
        for (int i = 0; i < count; i++)
        {
            ((int*)(control + 16))[i] = descriptor;
        }

        byte one = 1;
        iovec part = new() { iov_base = &one, iov_len = 1 };
        msghdr head = new() { msg_iov = &part, msg_iovlen = 1, msg_control = control, msg_controllen = (nuint)(16 + (((4 * count) + 7) / 8 * 8)) };
        Assert.True(sys_socket.sendmsg(from, &head, 0) == 1, Marshal.GetLastPInvokeErrorMessage());
    }
}
