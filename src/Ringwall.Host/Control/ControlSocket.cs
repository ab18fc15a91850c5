using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using Ringwall.Kernel.Files;
using Ringwall.Wire;
using Ringwall.Wire.Control;

namespace Ringwall.Host.Control;

// Owns:         the listening socket and its name in the run directory.
// Does not own: the lock that keeps a second host away; it is held before this is made, so a socket that lies there is a dead host's.
// Threads:      the pool's.
// Bounds:       ClientsAtMost at once.

/// <summary>Where operators talk to a running host: JSON lines over a Unix socket, for root and the group "ringwall" alone.</summary>
internal sealed class ControlSocket : IAsyncDisposable
{
    public const int ClientsAtMost = 64;

    /// <summary>unix(7): sun_path has 108 bytes, the closing zero included.</summary>
    public const int LongestPath = 107;

    private readonly Socket _listener;
    private readonly string _path;
    private readonly int? _group;
    private readonly ControlAnswers _answers;
    private readonly ControlPatience _patience;
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);
    private readonly CancellationTokenSource _closing = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Task, bool> _serving = new();
    private readonly Task _accepting;
    private int _clients;

    private ControlSocket(Socket listener, string path, int? group, ControlledHost host, ControlPatience patience)
    {
        _listener = listener;
        _path = path;
        _group = group;
        _answers = new ControlAnswers(host);
        _patience = patience;
        _accepting = Task.Run(AcceptAsync);
    }

    /// <summary>How many clients are connected now.</summary>
    public int Clients => Volatile.Read(ref _clients);

    /// <summary>Listens at control.sock in the run directory, which must exist.</summary>
    /// <exception cref="ControlSocketException">It cannot; the message says why and what to do.</exception>
    public static ControlSocket Open(string runDirectory, ControlledHost host, int? group, ControlPatience? patience = null)
    {
        string path = Path.Combine(runDirectory, ControlLimits.SocketName);
        if (Encoding.UTF8.GetByteCount(path) > LongestPath)
        {
            throw new ControlSocketException($"{path}: a socket's path has at most {LongestPath} bytes; choose a shorter --run-dir");
        }

        string made = Path.Combine(runDirectory, ControlLimits.NewSocketName);
        Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            // The name of a dead host's socket is never free: whoever finds none takes that for a host that has ended as it was told.
            File.Delete(made);
            listener.Bind(new UnixDomainSocketEndPoint(made));

            // The peer is checked again at each connection, so the mode is a courtesy: an early and plain refusal.
            if (group is { } gid)
            {
                FileOwner.SetGroup(made, gid);
            }

            File.SetUnixFileMode(made, UnixFileMode.UserRead | UnixFileMode.UserWrite | (group is null ? 0 : UnixFileMode.GroupRead | UnixFileMode.GroupWrite));
            listener.Listen(ClientsAtMost);
            File.Move(made, path, overwrite: true);
            return new ControlSocket(listener, path, group, host, patience ?? ControlPatience.Usual);
        }
        catch (Exception refused) when (refused is SocketException or IOException or UnauthorizedAccessException or Kernel.KernelException)
        {
            listener.Dispose();
            throw new ControlSocketException($"{path}: {refused.Message}; make the run directory, or choose another by --run-dir");
        }
    }

    /// <summary>Takes no more requests and ends what is followed. An answer that is under way, such as the one to "stop", is finished if its client reads.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        await _accepting.ConfigureAwait(false);
        _stop.CancelAfter(LastWords);
        await Task.WhenAll(_serving.Keys).ConfigureAwait(false);
        File.Delete(_path);
        _closing.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_closing.IsCancellationRequested)
        {
            try
            {
                Serve(await _listener.AcceptAsync(_closing.Token).ConfigureAwait(false));
            }
            catch (Exception over) when (over is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // The client has gone again, or descriptors are short; either passes. The delay keeps the latter from becoming a loop.
                await Task.Delay(100, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private void Serve(Socket client)
    {
        Task serving = Task.Run(() => ServeAsync(client));
        _serving.TryAdd(serving, true);
        _ = serving.ContinueWith(ended => _serving.TryRemove(ended, out _), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    private async Task ServeAsync(Socket client)
    {
        int clients = Interlocked.Increment(ref _clients);
        try
        {
            using Socket owned = client;
            ControlPeer peer = ControlPeer.Of(client);
            ControlConversation conversation = new(client, peer, _answers, _patience);
            if (!peer.MayControl(_group))
            {
                await conversation.RefuseAsync(
                    new ErrorReport(ExitCode.NeedsRight, _path, $"user {peer.Uid} may not control the host", $"use sudo, or join the group {OperatorGroup.Name}"),
                    _stop.Token).ConfigureAwait(false);
            }
            else if (clients > ClientsAtMost)
            {
                await conversation.RefuseAsync(
                    new ErrorReport(ExitCode.NotDone, _path, $"{ClientsAtMost} clients are connected already", "end some of them"), _stop.Token).ConfigureAwait(false);
            }
            else
            {
                await conversation.RunAsync(_closing.Token, _stop.Token).ConfigureAwait(false);
            }
        }
        catch (Exception gone) when (gone is SocketException or OperationCanceledException or ObjectDisposedException or TimeoutException)
        {
            // A client that goes away, or does not read, is no event worth telling.
        }
        finally
        {
            Interlocked.Decrement(ref _clients);
        }
    }
}
