using System.Data.Common;
using System.Text.Json;
using Dapper;
using Ringwall.Rollouts;
using Ringwall.Server.Access;
using Ringwall.Server.Audit;
using Ringwall.Server.Running;
using Ringwall.Server.Storage;
using Ringwall.Trust;
using Ringwall.Wire.Api;

namespace Ringwall.Server.Rollouts;

/// <summary>What the operator decided about all rollouts, and how the rules are told.</summary>
public sealed class FleetPolicies(Database database, AuditLog audit, TimeProvider clock, ServerOptions options)
{
    private static readonly string[] Rings = ["canary", "early", "broad", "critical"];

    public Task<FleetPolicy> GetAsync(CancellationToken stop) => database.ReadAsync(connection => GetAsync(connection, null), stop);

    /// <exception cref="RequestRefused">It makes no sense.</exception>
    public async Task SetAsync(FleetPolicy policy, Person by, CancellationToken stop)
    {
        Check(policy);
        await database.WriteAsync(
            async (connection, transaction) =>
            {
                await connection.ExecuteAsync(
                    "INSERT INTO rollouts_policy (one, body, at, who) VALUES (1, @body, @at, @who) ON CONFLICT (one) DO UPDATE SET body = excluded.body, at = excluded.at, who = excluded.who",
                    new { body = JsonSerializer.Serialize(policy, JsonSerializerOptions.Web), at = clock.GetUtcNow().ToUnixTimeMilliseconds(), who = by.Id }, transaction).ConfigureAwait(false);
                await connection.ExecuteAsync("UPDATE rollouts_director SET wanted = wanted + 1 WHERE one = 1", transaction: transaction).ConfigureAwait(false);
                await audit.AppendAsync(connection, transaction, by.Id, "policy.changed", "fleet", policy).ConfigureAwait(false);
            },
            stop).ConfigureAwait(false);
    }

    internal static async Task<FleetPolicy> GetAsync(DbConnection connection, DbTransaction? transaction) =>
        await connection.QuerySingleOrDefaultAsync<string?>("SELECT body FROM rollouts_policy WHERE one = 1", transaction: transaction).ConfigureAwait(false) is { } body
            ? JsonSerializer.Deserialize<FleetPolicy>(body, JsonSerializerOptions.Web)!
            : new FleetPolicy();

    /// <summary>For the rules: numbers as they were when the rollout began, windows, freezes and pins as they are now.</summary>
    internal RolloutPolicy ForRules(FleetPolicy began, FleetPolicy now) => new()
    {
        HarmBudget = began.HarmBudget,
        SoakMinutes = began.SoakMinutes,
        UrgentSoakMinutes = began.UrgentSoakMinutes,
        Holdback = began.Holdback,
        EnoughInRing = [.. began.EnoughInRing],
        EnoughInCell = [.. began.EnoughInCell],
        Windows = [.. Rings.Select(ring => (MinuteRange[])[.. now.Windows.Where(window => window.Ring == ring).Select(Range)])],
        Freezes = [.. now.Freezes.Select(freeze => new MinuteRange(Minute(freeze.From), Minute(freeze.Until)))],
        Pins = [.. Rings.Select(ring => (int[])[.. ReleasePath.Streams.Select(stream => now.Pins.Where(pin => pin.Ring == ring && pin.Stream == stream).Select(pin => pin.Behind).DefaultIfEmpty(0).Max())])],
    };

    internal bool IsFrozen(FleetPolicy policy) => policy.Freezes.Any(freeze => clock.GetUtcNow() is var now && now >= freeze.From && now < freeze.Until);

    private long Minute(DateTimeOffset at) => at.ToUnixTimeMilliseconds() / (long)options.Pace.TotalMilliseconds;

    // Weeks are those of the calendar, however long a rollout's minute is: from a Sunday on.
    private MinuteRange Range(RingWindow window)
    {
        DateTimeOffset sunday = new(1970, 1, 4, 0, 0, 0, TimeSpan.Zero);
        DateTimeOffset day = sunday.AddDays(window.Day);
        return new MinuteRange(Minute(day.AddMinutes(window.From)), Minute(day.AddMinutes(window.Until)), (long)(TimeSpan.FromDays(7) / options.Pace));
    }

    private static void Check(FleetPolicy policy)
    {
        Require(policy.HarmBudget is >= 2 and <= 100_000, "the harm budget is 2 to 100,000 devices");
        Require(policy.SoakMinutes is >= 1 and <= 10_080 && policy.UrgentSoakMinutes is >= 1 and <= 10_080, "a soak is 1 minute to a week");
        Require(policy.UrgentSoakMinutes <= policy.SoakMinutes, "an urgent release does not soak longer than another");
        Require(policy.Holdback is >= 0 and <= 0.5, "half of a stratum at most is held back");
        Require(policy.EnoughInRing is { Count: 3 } && policy.EnoughInCell is { Count: 3 } && policy.EnoughInRing.Concat(policy.EnoughInCell).All(count => count >= 1), "there are three rings before the last, and each must show one device at least");
        Require(policy.Windows.Count <= OperatorOrder.MostOthers, $"there are at most {OperatorOrder.MostOthers} windows: devices refuse an order with more");
        Require(policy.Windows.All(window => Rings.Contains(window.Ring) && window.Day is >= 0 and <= 6 && window.From is >= 0 and < 1440 && window.Until > window.From && window.Until <= 1440), "a window has a ring, a day, and minutes of that day");
        Require(policy.Freezes.All(freeze => freeze.Until > freeze.From), "a freeze ends after it begins");
        Require(policy.Pins.All(pin => Rings.Contains(pin.Ring) && ReleasePath.Streams.Contains(pin.Stream) && pin.Behind is >= 0 and <= 9), "a pin has a ring, a stream, and 0 to 9 releases to stay behind");
        Require(policy.PinnedDevices.Count <= OperatorOrder.MostOthers && policy.PinnedDevices.All(device => device.Length is > 0 and <= 128), $"at most {OperatorOrder.MostOthers} devices are pinned by name");
        Require(policy.Automatic.All(ReleasePath.IsName), "vendors have names of lower-case letters, digits and '-'");

        static void Require(bool holds, string rule)
        {
            if (!holds)
            {
                throw new RequestRefused(ProblemType.BadRequest, rule);
            }
        }
    }
}
