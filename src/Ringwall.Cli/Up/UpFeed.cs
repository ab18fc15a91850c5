using System.Threading.Channels;
using Ringwall.Cli.Control;
using Ringwall.Wire.Control;
using Ringwall.Wire.Ocsf;
using Ringwall.Wire.Status;

namespace Ringwall.Cli.Up;

/// <summary>What a view needs of the host, over one connection for status and one for findings. The host may be replaced under it: both connect again.</summary>
internal sealed class UpFeed(string runDirectory, string log)
{
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(200);
    private readonly Channel<DetectionFinding> _findings = Channel.CreateBounded<DetectionFinding>(
        new BoundedChannelOptions(1000) { FullMode = BoundedChannelFullMode.DropOldest });

    private HostConnection? _status;
    private HostStatus? _last;

    /// <summary>Where keeper and host complain.</summary>
    public string Log { get; } = log;

    /// <summary>The fleet that was brought along; null without one.</summary>
    public FleetSight? Fleet { get; init; }

    /// <summary>The last status that any host gave. Any thread.</summary>
    public HostStatus? Last => Volatile.Read(ref _last);

    public ChannelReader<DetectionFinding> Findings => _findings.Reader;

    /// <summary>The host's status now; null while no host answers.</summary>
    public async Task<HostStatus?> StatusAsync(CancellationToken stop)
    {
        try
        {
            _status ??= await HostConnection.OpenAsync(runDirectory, stop).ConfigureAwait(false);
            HostStatus? status = (await _status.AskOneAsync(new ControlRequest { Do = ControlVerb.Status }, stop).ConfigureAwait(false)).Status;
            Volatile.Write(ref _last, status ?? _last);
            return status;
        }
        catch (CommandException)
        {
            _status?.Dispose();
            _status = null;
            return null;
        }
    }

    /// <summary>Fills <see cref="Findings"/> until it is stopped.</summary>
    public async Task FollowAsync(CancellationToken stop)
    {
        bool first = true;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                using HostConnection host = await HostConnection.OpenAsync(runDirectory, stop).ConfigureAwait(false);

                // The file has those of earlier hosts, too: no news.
                HostStatus? status = (await host.AskOneAsync(new ControlRequest { Do = ControlVerb.Status }, stop).ConfigureAwait(false)).Status;
                long since = status?.Since.ToUnixTimeMilliseconds() ?? 0;
                ControlRequest request = new() { Do = ControlVerb.Findings, Follow = true, Last = first ? 20 : 0 };
                first = false;
                await foreach (ControlReply reply in host.AskAsync(request, stop).ConfigureAwait(false))
                {
                    if (reply.Finding is { } finding && finding.Time >= since)
                    {
                        _findings.Writer.TryWrite(finding);
                    }
                }
            }
            catch (CommandException)
            {
                await Task.Delay(Again, stop).ConfigureAwait(false);
            }
        }
    }
}
