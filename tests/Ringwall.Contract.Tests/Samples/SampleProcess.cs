using System.Diagnostics;
using System.Text;
using Ringwall.Contract.Abi;

namespace Ringwall.Contract.Tests.Samples;

/// <summary>A sensor as a process of its own, with the socket as descriptor 3, and the host's end of it.</summary>
internal sealed class SampleProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly SensorSocket _host;
    private readonly Process _process;
    private readonly StringBuilder _errors = new();
    private readonly byte[] _buffer = new byte[Protocol.MaxMessageBytes];

    private SampleProcess(SensorSocket host, Process process)
    {
        _host = host;
        _process = process;
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_errors)
            {
                _errors.AppendLine(line.Data);
            }
        };
        _process.BeginErrorReadLine();
    }

    public string Errors
    {
        get
        {
            lock (_errors)
            {
                return _errors.ToString();
            }
        }
    }

    public static SampleProcess Start(params string[] command)
    {
        (SensorSocket host, SensorSocket sensor) = SensorSocket.CreatePair();
        using (sensor)
        {
            Assert.Equal(0, libc_unistd.fcntl(sensor, libc_unistd.F_SETFD, 0));
            const string Script = "[ \"$0\" = 3 ] || { exec 3<&\"$0\"; eval \"exec $0<&-\"; }; exec \"$@\"";
            ProcessStartInfo start = new("/bin/bash", ["-c", Script, $"{sensor.DangerousGetHandle()}", .. command]) { RedirectStandardError = true };
            start.Environment[Protocol.SocketVariable] = "3";
            return new SampleProcess(host, Process.Start(start)!);
        }
    }

    public void Send(ReadOnlySpan<byte> message, int descriptor = -1) => Assert.Equal(SendOutcome.Sent, _host.TrySend(message, descriptor));

    public void HangUp() => _host.Shutdown();

    /// <summary>The next message, which must be of this kind.</summary>
    public byte[] Receive(MessageKind kind)
    {
        Assert.True(_host.WaitReadable((int)Patience.TotalMilliseconds), $"no {kind} came; {Errors}");
        Assert.True(_host.TryReceive(_buffer, out int length) == ReceiveOutcome.Received, $"closed instead of {kind}; {Errors}");
        Assert.True(MessageHead.TryRead(_buffer.AsSpan(0, length), out MessageKind found));
        Assert.Equal(kind, found);
        return _buffer[..length];
    }

    public int WaitExit()
    {
        Assert.True(_process.WaitForExit(Patience), $"it does not end; {Errors}");
        _process.WaitForExit();         // also for the last line of standard error
        return _process.ExitCode;
    }

    public void Dispose()
    {
        _host.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
