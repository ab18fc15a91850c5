using System.Data.Common;
using Dapper;
using Ringwall.Server.Storage;

namespace Ringwall.Server.Health;

/// <summary>Keeps the fleet's clock going while no reports come, the view close behind, and the tables bounded.</summary>
internal sealed partial class ViewKeeper(
    Database database, FleetClock fleetClock, FleetView view, ReportIntake intake, CellWatch cells, HealthMeter meter, TimeProvider clock, ILogger<ViewKeeper> log) : BackgroundService
{
    private static readonly TimeSpan HarmsKept = TimeSpan.FromDays(60);
    private static readonly TimeSpan BetweenCuts = TimeSpan.FromMinutes(10);

    /// <summary>The fleet's clock never goes back: with a clock that did, this is how long nothing is decided.</summary>
    private static readonly TimeSpan WorthTelling = TimeSpan.FromSeconds(30);

    /// <summary>Four times a minute, of a demonstration's too.</summary>
    private readonly TimeSpan _beat = TimeSpan.FromMilliseconds(Math.Max(250, fleetClock.PaceMilliseconds / 4));

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        meter.Observe();

        // Before the first request: who was retired must be known.
        await view.FollowAsync(cancellationToken).ConfigureAwait(false);
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Task moving = cells.RunAsync(stoppingToken);
        using PeriodicTimer timer = new(_beat, clock);
        long cut = 0;
        bool told = false;
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            try
            {
                long now = clock.GetUtcNow().ToUnixTimeMilliseconds();
                if (now - intake.LastMoment >= _beat.TotalMilliseconds)
                {
                    await fleetClock.CloseAsync(stoppingToken).ConfigureAwait(false);
                }

                await view.FollowAsync(stoppingToken).ConfigureAwait(false);
                TimeSpan ahead = TimeSpan.FromMilliseconds(view.FollowedAt - clock.GetUtcNow().ToUnixTimeMilliseconds());
                if (ahead > WorthTelling && !told)
                {
                    Ahead(ahead);
                }

                told = ahead > WorthTelling;
                if (now - cut > BetweenCuts.TotalMilliseconds)
                {
                    await CutAsync(now, stoppingToken).ConfigureAwait(false);
                    cut = now;
                }
            }
            catch (Exception failed) when (failed is DbException or IOException or InvalidOperationException or TimeoutException)
            {
                Stumbled(failed);
            }
        }

        await moving.ConfigureAwait(false);
    }

    private Task CutAsync(long now, CancellationToken stop) => database.WriteAsync(
        async (connection, transaction) =>
        {
            await connection.ExecuteAsync("DELETE FROM health_log WHERE at < @before", new { before = now - (long)FleetView.LogKept.TotalMilliseconds }, transaction).ConfigureAwait(false);
            long before = now - (long)HarmsKept.TotalMilliseconds;
            await connection.ExecuteAsync("DELETE FROM health_harms WHERE until < @before", new { before }, transaction).ConfigureAwait(false);
            await connection.ExecuteAsync("DELETE FROM health_outages WHERE until < @before", new { before }, transaction).ConfigureAwait(false);
        },
        stop);

    [LoggerMessage(Level = LogLevel.Error, Message = "The clock was set back: rollouts stand still for {Ahead}, until it has come to where it was")]
    private partial void Ahead(TimeSpan ahead);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The view of the fleet could not be brought up to date; it is tried again")]
    private partial void Stumbled(Exception exception);
}
