using System.Data.Common;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Ringwall.Server.Storage;

namespace Ringwall.Server.Running;

/// <summary>For whoever restarts and balances replicas. Both say nothing but yes or no.</summary>
internal static class HealthEndpoints
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static void Map(IEndpointRouteBuilder routes)
    {
        // The process answers: a restart would gain nothing.
        routes.MapGet("/health/live", () => TypedResults.Text("live\n")).AllowAnonymous().ExcludeFromDescription();
        // It can serve: the database answers, and it is not being shut down.
        routes.MapGet("/health/ready", ReadyAsync).AllowAnonymous().ExcludeFromDescription();
    }

    private static async Task<ContentHttpResult> ReadyAsync(Database database, IHostApplicationLifetime lifetime, CancellationToken stop)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return Not("stopping");
        }

        try
        {
            await database.ReadAsync(connection => connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM audit_head"), stop).WaitAsync(Patience, stop).ConfigureAwait(false);
            return TypedResults.Text("ready\n");
        }
        catch (Exception away) when (away is DbException or TimeoutException)
        {
            return Not("database away");
        }
    }

    private static ContentHttpResult Not(string why) => TypedResults.Text($"{why}\n", statusCode: StatusCodes.Status503ServiceUnavailable);
}
