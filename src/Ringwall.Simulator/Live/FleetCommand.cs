using System.Diagnostics;
using System.Globalization;
using Ringwall.Rollouts;
using Ringwall.Wire.Fleet;

namespace Ringwall.Simulator;

/// <summary>fleet: simulated devices on a real server, until Ctrl-C.</summary>
internal static class FleetCommand
{
    private const int MostDevices = 20_000;
    private const int Together = 32;

    public static async Task<int> RunAsync(LivePlan plan, CancellationToken stop)
    {
        if (plan.Devices is < 1 or > MostDevices || !ReleaseKind.Names.Contains(plan.Release))
        {
            Console.Error.WriteLine($"--devices takes 1 to {MostDevices}, --release one of {string.Join(", ", ReleaseKind.Names)}.");
            return 2;
        }

        if (!Uri.TryCreate(plan.Server.TrimEnd('/') + "/", UriKind.Absolute, out Uri? server) || server.Scheme is not ("http" or "https"))
        {
            Console.Error.WriteLine($"--server takes an http or https address, not {plan.Server}");
            return 2;
        }

        if (plan.Token.Length == 0)
        {
            Console.Error.WriteLine("give --token an operator's API token (rwp_…) or a join token (rwj_…), or put it into RINGWALL_TOKEN");
            return 2;
        }

        using var door = new FleetDoor(server);
        var counts = new LiveCounts();
        LiveDevice[] devices = [.. Enumerable.Range(0, plan.Devices).Select(i => new LiveDevice(i, plan, door, counts, TimeProvider.System))];
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        if (plan.Minutes > 0)
        {
            end.CancelAfter(TimeSpan.FromMinutes(plan.Minutes));
        }

        try
        {
            EnrolReply first = await EnrolAsync(devices, plan, door, counts, end.Token);
            TimeSpan minute = TimeSpan.FromMilliseconds(first.PaceMilliseconds);
            Say($"{plan.Devices} devices enrolled; a minute of a rollout lasts {minute.TotalSeconds:0.##} s here, and every device reports every {first.ReportMinutes} of them");
            using var catalog = new SharedCatalog(door, first.Roots, TimeSpan.FromMilliseconds(Math.Max(500, minute.TotalMilliseconds / 4)), TimeProvider.System);
            await RunAsync(devices, catalog, counts, minute, end.Token);
            return 0;
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            await LeaveAsync(devices, plan);
            Say($"goodbye: {counts}");
            return 0;
        }
        catch (Exception refused) when (refused is FleetException or DeviceRefusedException or HttpRequestException)
        {
            string remedy = refused is DeviceRefusedException { Type: "ringwall:fleet-not-ready" } ? ": devices begin with the repositories' roots, and `ringwall operator publish` has sent none yet (docs/operator.md)" : "";
            Console.Error.WriteLine($"fleet: {plan.Server}: {refused.Message}{remedy}");
            return 1;
        }
        finally
        {
            Array.ForEach(devices, device => device.Dispose());
        }
    }

    private static async Task<EnrolReply> EnrolAsync(LiveDevice[] devices, LivePlan plan, FleetDoor door, LiveCounts counts, CancellationToken stop)
    {
        string[] tokens = new string[FleetCounts.Rings];
        Array.Fill(tokens, plan.Token);
        for (int ring = 0; ring < tokens.Length && !IsJoinToken(plan.Token); ring++)
        {
            int uses = Enumerable.Range(0, devices.Length).Count(i => (int)LiveCells.RingOf(i) == ring);
            tokens[ring] = uses == 0 ? "" : await door.MakeJoinTokenAsync(plan.Token, (Ring)ring, uses, stop);
        }

        EnrolReply first = await devices[0].EnrolAsync(tokens[(int)LiveCells.RingOf(0)], stop);
        var since = Stopwatch.StartNew();
        await Parallel.ForEachAsync(Enumerable.Range(1, devices.Length - 1), Options(stop), async (i, token) =>
        {
            await devices[i].EnrolAsync(tokens[(int)LiveCells.RingOf(i)], token);
            lock (since)
            {
                if (since.Elapsed.TotalSeconds >= 3)
                {
                    Say(counts.ToString());
                    since.Restart();
                }
            }
        });
        return first;
    }

    private static async Task RunAsync(LiveDevice[] devices, SharedCatalog catalog, LiveCounts counts, TimeSpan minute, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(Math.Clamp(minute.TotalMilliseconds / 4, 250, 5000)));
        var since = Stopwatch.StartNew();
        string before = "";
        bool allHaveReported = false;
        while (await timer.WaitForNextTickAsync(stop))
        {
            await Parallel.ForEachAsync(devices, Options(stop), async (device, token) => await device.StepAsync(catalog, token));
            if (!allHaveReported && Array.TrueForAll(devices, device => device.HasReported))
            {
                allHaveReported = true;
                Say($"all {devices.Length} devices have reported");
            }

            string now = counts + (catalog.Refused is { } refused ? $"; refused: {refused}" : "");
            if (since.Elapsed.TotalSeconds >= 5 && now != before)
            {
                Say(now);
                before = now;
                since.Restart();
            }
        }
    }

    // With an operator's token they leave as they came; with a join token they can only say that they are switched off. A server that is away learns neither.
    private static async Task LeaveAsync(LiveDevice[] devices, LivePlan plan)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        try
        {
            await Parallel.ForEachAsync(devices, Options(patience.Token), async (device, token) =>
            {
                await device.SayGoodbyeAsync(token);
                if (!IsJoinToken(plan.Token))
                {
                    await device.RetireAsync(plan.Token, token);
                }
            });
        }
        catch (Exception away) when (away is OperationCanceledException or HttpRequestException)
        {
            Say($"not all could leave: {away.Message}");
        }
    }

    private static bool IsJoinToken(string token) => token.StartsWith("rwj_", StringComparison.Ordinal);

    private static ParallelOptions Options(CancellationToken stop) => new() { MaxDegreeOfParallelism = Together, CancellationToken = stop };

    private static void Say(string words) => Console.WriteLine($"{DateTime.UtcNow.ToString("HH:mm:ss", CultureInfo.InvariantCulture)}  {words}");
}
