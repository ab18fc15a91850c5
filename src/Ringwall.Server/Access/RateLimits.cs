using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using Ringwall.Server.Running;

namespace Ringwall.Server.Access;

/// <summary>How often one address may ask, per replica. It keeps a flood from the database; <see cref="Guesses"/> is what makes guessing slow.</summary>
public static class RateLimits
{
    /// <summary>For endpoints that anybody may call and that look into the database: RequireRateLimiting(RateLimits.Anybody).</summary>
    public const string Anybody = "anybody";

    public const int PerMinute = 120;

    internal static void Add(RateLimiterOptions options)
    {
        options.AddPolicy(Anybody, context => RateLimitPartition.GetFixedWindowLimiter(
            AddressBlock.Of(context.Connection.RemoteIpAddress), _ => new FixedWindowRateLimiterOptions { PermitLimit = PerMinute, Window = TimeSpan.FromMinutes(1) }));
        options.OnRejected = async (rejected, _) =>
        {
            rejected.HttpContext.Response.Headers.RetryAfter = "60";
            await Problems.Of(ProblemType.TooMany, "").ExecuteAsync(rejected.HttpContext).ConfigureAwait(false);
        };
    }
}
