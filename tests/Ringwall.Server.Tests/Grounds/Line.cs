using System.Net;
using System.Net.Sockets;

namespace Ringwall.Server.Tests.Grounds;

/// <summary>A network connection that a test can cut: forwards a port to another one of the loopback interface, until <see cref="Cut"/>, and again after <see cref="Mend"/>.</summary>
public sealed class Line : IAsyncDisposable
{
    private readonly int _to;
    private readonly IPAddress _at;
    private readonly Lock _gate = new();
    private readonly List<Socket> _open = [];
    private TcpListener? _listener;
    private Task _accepting = Task.CompletedTask;

    /// <param name="to">Where it leads.</param>
    /// <param name="at">Where it begins; the loopback interface unless said otherwise.</param>
    public Line(int to, IPAddress? at = null)
    {
        _to = to;
        _at = at ?? IPAddress.Loopback;
        Listen(0);
    }

    public int Port { get; private set; }

    /// <summary>Everything that goes through it is reset, and nobody connects any more.</summary>
    public void Cut()
    {
        lock (_gate)
        {
            _listener?.Stop();
            _listener = null;
            foreach (Socket socket in _open)
            {
                socket.LingerState = new LingerOption(true, 0);
                socket.Dispose();
            }

            _open.Clear();
        }
    }

    public void Mend() => Listen(Port);

    public async ValueTask DisposeAsync()
    {
        Cut();
        await _accepting;
    }

    private void Listen(int port)
    {
        TcpListener listener = new(_at, port);
        listener.Server.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        _listener = listener;
        _accepting = AcceptAsync(listener);
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                Socket near = await listener.AcceptSocketAsync();
                Socket far = new(SocketType.Stream, ProtocolType.Tcp);
                await far.ConnectAsync(IPAddress.Loopback, _to);
                lock (_gate)
                {
                    _open.AddRange([near, far]);
                }

                _ = CopyAsync(near, far);
                _ = CopyAsync(far, near);
            }
        }
        catch (Exception cut) when (cut is SocketException or ObjectDisposedException or InvalidOperationException)
        {
        }
    }

    private static async Task CopyAsync(Socket from, Socket to)
    {
        byte[] buffer = new byte[16 * 1024];
        try
        {
            for (int read; (read = await from.ReceiveAsync(buffer)) > 0;)
            {
                await to.SendAsync(buffer.AsMemory(0, read));
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception cut) when (cut is SocketException or ObjectDisposedException)
        {
        }
    }
}
