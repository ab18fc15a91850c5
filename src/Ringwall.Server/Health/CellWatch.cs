using System.Collections.Concurrent;
using System.Data.Common;
using System.Threading.Channels;
using Ringwall.Server.Inventory;

namespace Ringwall.Server.Health;

/// <summary>Notices devices that say they are in another cell than the inventory has them in, and has them moved. Rare: a machine was upgraded, or got another sensor.</summary>
internal sealed partial class CellWatch(Devices devices, ILogger<CellWatch> log)
{
    private readonly Channel<(int Number, string Cell)> _moves = Channel.CreateBounded<(int, string)>(new BoundedChannelOptions(1024) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly ConcurrentDictionary<int, string> _waiting = new();

    /// <summary>What is dropped when too many come at once is noticed with the next report.</summary>
    public void Saw(FleetView fleet, int number, string cell)
    {
        if (fleet.CellOf(number) is { } known && known != cell && _waiting.TryAdd(number, cell) && !_moves.Writer.TryWrite((number, cell)))
        {
            _waiting.TryRemove(number, out _);
        }
    }

    /// <summary>Moves devices until it is stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        await foreach ((int number, string cell) in _moves.Reader.ReadAllAsync(stop).ConfigureAwait(false))
        {
            try
            {
                await devices.MoveCellAsync(number, cell, stop).ConfigureAwait(false);
            }
            catch (DbException failed)
            {
                NotMoved(failed, number);
            }

            _waiting.TryRemove(number, out _);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Device {Number} could not be moved to another cell; its next report brings it up again")]
    private partial void NotMoved(Exception exception, int number);
}
