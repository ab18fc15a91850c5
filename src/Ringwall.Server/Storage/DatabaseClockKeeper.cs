using System.Data.Common;
using System.Net.Sockets;

namespace Ringwall.Server.Storage;

/// <summary>Looks at the database's time again and again: counters drift, and stand still while a virtual machine does.</summary>
internal sealed partial class DatabaseClockKeeper(DatabaseClock clock, ILogger<DatabaseClockKeeper> log) : BackgroundService
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(5);

    /// <summary>What an operator should see to: certificates and other programs go by the machine's clock.</summary>
    private static readonly TimeSpan WorthTelling = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(Between, clock);
        bool told = false;
        do
        {
            try
            {
                await clock.LookAsync(stoppingToken).ConfigureAwait(false);
                bool off = clock.MachineAhead.Duration() > WorthTelling;
                if (off && !told)
                {
                    Off(clock.MachineAhead);
                }

                told = off;
            }
            catch (Exception away) when (away is DbException or TimeoutException or IOException or SocketException or InvalidOperationException)
            {
                // The counter carries the time on.
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "This machine's clock is {Ahead} ahead of the database's, which counts")]
    private partial void Off(TimeSpan ahead);
}
