// Owns:         agent.sock in the run directory, and one thread on which everything for the agent is done: no thread that answers the kernel or a sensor ever waits for it.
// Bounds:       one client at a time; a request has a greatest length, and must come, and its reply be read, within a time for the whole of it: a client that trickles is let go like one
//               that says nothing. Whatever a request brings about in here that nobody thought of ends that connection, and not the host.

using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Ringwall.Host.Control;
using Ringwall.Kernel.Files;
using Ringwall.Kernel.Polling;
using Ringwall.Wire;
using Ringwall.Wire.Door;

namespace Ringwall.Host.Fleet;

/// <summary>Where the agent talks to the host: JSON lines over a Unix socket, for the agent's user and root alone, by the kernel's word.</summary>
internal sealed class AgentDoor : IDisposable
{
    private const int TickMilliseconds = 1000;
    private const int PatienceMilliseconds = 10_000;
    private readonly Socket _listener;
    private readonly SafeSocketHandle _handle;
    private readonly string _path;
    private readonly int _user;
    private readonly FleetDesk _desk;
    private readonly WakeUp _wake = new();
    private readonly Thread _thread;
    private readonly byte[] _line = new byte[DoorLimits.RequestBytes + 1];
    private volatile bool _stopping;
    private volatile Socket? _client;

    private AgentDoor(Socket listener, string path, int user, FleetDesk desk)
    {
        _listener = listener;
        _handle = listener.SafeHandle;
        _path = path;
        _user = user;
        _desk = desk;
        _thread = new Thread(Run) { Name = "agent door", IsBackground = true };
    }

    /// <summary>Listens at agent.sock in the run directory, which must exist.</summary>
    /// <exception cref="ControlSocketException">It cannot; the message says why and what to do.</exception>
    public static AgentDoor Open(string runDirectory, int user, FleetDesk desk)
    {
        string path = Path.Combine(runDirectory, DoorLimits.SocketName);
        if (Encoding.UTF8.GetByteCount(path) > ControlSocket.LongestPath)
        {
            throw new ControlSocketException($"{path}: a socket's path has at most {ControlSocket.LongestPath} bytes; choose a shorter --run-dir");
        }

        string made = Path.Combine(runDirectory, DoorLimits.NewSocketName);
        Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            File.Delete(made);
            listener.Bind(new UnixDomainSocketEndPoint(made));

            // The peer is asked for again at each connection; the owner keeps others from standing in the queue.
            FileOwner.Give(made, (uint)user);
            File.SetUnixFileMode(made, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            listener.Listen(4);
            File.Move(made, path, overwrite: true);
            return new AgentDoor(listener, path, user, desk);
        }
        catch (Exception refused) when (refused is SocketException or IOException or UnauthorizedAccessException or Kernel.KernelException)
        {
            listener.Dispose();
            throw new ControlSocketException($"{path}: {refused.Message}; make the run directory, or choose another by --run-dir");
        }
    }

    public void Start() => _thread.Start();

    /// <summary>Ends the thread and waits for it: what it is doing for the agent is finished first.</summary>
    public void Dispose()
    {
        if (_stopping)
        {
            return;
        }

        _stopping = true;
        _wake.Set();
        try
        {
            _client?.Shutdown(SocketShutdown.Receive);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // It has left by itself.
        }

        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        _listener.Dispose();
        File.Delete(_path);
        _wake.Dispose();
    }

    private void Run()
    {
        while (!_stopping)
        {
            uint ready = Poll.Readable([_handle, _wake.Handle], TickMilliseconds);
            _desk.Tick();
            if (!_stopping && (ready & 1) != 0)
            {
                Serve();
            }
        }

        _desk.Tick();
    }

    private void Serve()
    {
        try
        {
            using Socket client = _listener.Accept();
            _client = client;
            ControlPeer peer = ControlPeer.Of(client);
            if (peer.Uid != 0 && peer.Uid != _user)
            {
                Send(client, Refused(ExitCode.NeedsRight, $"user {peer.Uid} is not the agent"), Deadline());
                return;
            }

            Converse(client);
        }
        catch (SocketException)
        {
            // A client that goes away, or is silent, is no event worth telling.
        }
        finally
        {
            _client = null;
        }
    }

    private void Converse(Socket client)
    {
        int filled = 0;
        long until = Deadline();
        while (!_stopping)
        {
            int newline = _line.AsSpan(0, filled).IndexOf((byte)'\n');
            if (newline < 0)
            {
                if (filled == _line.Length)
                {
                    Send(client, Refused(ExitCode.Usage, $"a request has at most {DoorLimits.RequestBytes} bytes"), until);
                    return;
                }

                client.ReceiveTimeout = Left(until);
                int read = client.Receive(_line, filled, _line.Length - filled, SocketFlags.None);
                if (read == 0)
                {
                    return;
                }

                filled += read;
                continue;
            }

            DoorReply reply = Answer(_line.AsSpan(0, newline), out bool goesOn);
            _line.AsSpan(newline + 1, filled - newline - 1).CopyTo(_line);
            filled -= newline + 1;
            Send(client, reply, Deadline());
            if (!goesOn)
            {
                return;
            }

            _desk.Tick();
            until = Deadline();
        }
    }

    // The agent's user may be anybody by now, and this thread is the host's: what is thrown here and caught by nobody would end the guard of the whole machine.
    private DoorReply Answer(ReadOnlySpan<byte> line, out bool goesOn)
    {
        goesOn = true;
        try
        {
            return Read(line) is { } request ? _desk.Answer(request) : Refused(ExitCode.Usage, "it is no request in JSON");
        }
        catch (Exception unforeseen)
        {
            goesOn = false;
            return Refused(ExitCode.NotDone, $"it cannot be answered: {unforeseen.GetType().Name}");
        }
    }

    private static long Deadline() => Environment.TickCount64 + PatienceMilliseconds;

    private static int Left(long until) => Environment.TickCount64 is var now && now < until ? (int)(until - now) : throw new SocketException((int)SocketError.TimedOut);

    private static DoorRequest? Read(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, DoorJson.Default.DoorRequest);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static void Send(Socket client, DoorReply reply, long until)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(reply, DoorJson.Default.DoorReply);
        if (json.Length > DoorLimits.ReplyBytes)
        {
            json = JsonSerializer.SerializeToUtf8Bytes(Refused(ExitCode.NotDone, $"the reply has {json.Length} bytes and is not sent"), DoorJson.Default.DoorReply);
        }

        ReadOnlySpan<byte> left = (byte[])[.. json, (byte)'\n'];
        while (!left.IsEmpty)
        {
            client.SendTimeout = Left(until);
            left = left[client.Send(left)..];
        }
    }

    private static DoorReply Refused(int exit, string reason) => new() { Error = new ErrorReport(exit, DoorLimits.SocketName, reason, "") };
}
