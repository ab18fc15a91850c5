using System.Globalization;
using System.Text;
using Ringwall.Rollouts;
using Ringwall.Server.Health;
using Ringwall.Server.Inventory;
using Ringwall.Server.Tests.Grounds;
using Ringwall.Wire.Fleet;

namespace Ringwall.Server.Tests.Health;

/// <summary>The columns against slow and obvious sums, on both databases, and against a view that begins anew.</summary>
public abstract class FleetViewTests(Ground ground)
{
    private const string Release = "acme/yara/content-7.tar.gz";
    private const int Soak = 8;
    private static readonly string[] Cells = ["debian 12", "ubuntu 24.04", "rhel 9"];
    private static readonly byte[] Salt = Encoding.UTF8.GetBytes("a salt of 16 bytes");
    private static readonly string[] Harms = [HarmMeasure.Crash, HarmMeasure.Latency, HarmMeasure.Quarantine];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Windows_are_what_slow_and_obvious_sums_say_and_what_a_view_that_begins_anew_says(int seed)
    {
        var dice = new Random(seed);
        var clock = new ManualClock();
        string database = await ground.NewDatabaseAsync();
        await using Fleet fleet = await Fleet.StartAsync(database, clock);
        await using Fleet other = await Fleet.StartAsync(database, clock);
        for (int i = 0; i < 60; i++)
        {
            await AddAsync(fleet, dice, i);
        }

        clock.Advance(TimeSpan.FromSeconds(7));
        long startedAt = await fleet.RegisterAsync(Release, Soak);
        var model = new ObviousFleet(startedAt, Cells.Length);
        var devices = new List<(Device Device, ObviousDevice Obvious)>();
        foreach (Device device in await fleet.Devices.ListAsync(new DeviceFilter { Most = 500 }, CancellationToken.None))
        {
            devices.Add((device, Stand(model, device, startedAt, 0)));
        }

        long after = fleet.View.MinuteOf(startedAt) - 1;
        double share = 0;
        int seen = 0;
        for (int step = 0; step < 75; step++)
        {
            clock.Advance(TimeSpan.FromSeconds(30));
            if (step % 9 == 4)
            {
                Device late = await AddAsync(fleet, dice, 1000 + step);
                devices.Add((late, Stand(model, late, startedAt, model.ShareAt(StratumOf(late) ?? 0, late.EnrolledAt))));
            }

            if (step % 11 == 6)
            {
                // A device that moves stays where it stood in this release.
                Device moved = devices[dice.Next(devices.Count)].Device;
                await fleet.Devices.MoveAsync(moved.Id, (Ring)dice.Next(4), "server", CancellationToken.None);
            }

            foreach ((Device device, ObviousDevice obvious) in devices)
            {
                await StepAsync(dice.Next(2) == 0 ? fleet : other, dice, device, obvious, model, step);
            }

            clock.Advance(TimeSpan.FromSeconds(30));
            long minute = await fleet.View.CatchUpAsync(CancellationToken.None);
            if (step % 13 == 12)
            {
                // A minute in which no driver folded: the next window is of two.
                continue;
            }

            RolloutSeen rollout = Seen(startedAt, model);
            FleetEvidence evidence = await fleet.View.EvidenceAsync(rollout, after, minute, CancellationToken.None);
            Same(model, evidence, after, minute, $"seed {seed}, step {step}");
            seen += evidence.Window.NewlyHarmed.Sum() + evidence.Window.NewlyMatured.Sum() + evidence.Window.HarmedLater.Sum();
            if (step % 10 == 9)
            {
                await other.View.FollowAsync(CancellationToken.None);
                Same(model, await other.View.EvidenceAsync(rollout, after, minute, CancellationToken.None), after, minute, $"another replica, seed {seed}, step {step}");
                await using Fleet anew = await Fleet.StartAsync(database, clock);
                Same(model, await anew.View.EvidenceAsync(rollout, after, minute, CancellationToken.None), after, minute, $"a view that begins anew, seed {seed}, step {step}");
            }

            if (step % 6 == 1)
            {
                share = Math.Min(1, share + 0.2);
                model.Steps.Add((minute + 2, [.. Enumerable.Range(0, 12).Select(s => Math.Min(1, share * (1 + (s % 3))))]));
            }

            after = minute;
        }

        Assert.True(seen > 30, $"only {seen} devices were settled: the run proved little");
        Assert.Contains(devices, pair => pair.Obvious.MaturedAt < long.MaxValue);
    }

    [Fact]
    public async Task Exposure_for_a_number_of_devices_lets_in_so_many()
    {
        var clock = new ManualClock();
        string database = await ground.NewDatabaseAsync();
        await using Fleet fleet = await Fleet.StartAsync(database, clock);
        for (int i = 0; i < 40; i++)
        {
            await fleet.AddAsync(Id(i), Ring.Early, Cells[0], i % 3 == 0 ? "rack" : null);
        }

        long startedAt = await fleet.RegisterAsync(Release, Soak);
        var rollout = new RolloutSeen { Release = Release, Salt = Salt, StartedAt = startedAt, Cells = Cells, Steps = [] };
        double[] positions = await fleet.View.SortedPositionsAsync(rollout, Cells.Length, CancellationToken.None);
        Assert.Equal(40, positions.Length);
        Assert.Equal([.. positions.Order()], positions);
        double exposure = Membership.ExposureFor(positions, 13);
        double[] shares = new double[12];
        shares[Cells.Length] = exposure;
        clock.Advance(TimeSpan.FromMinutes(2));
        long minute = await fleet.View.CatchUpAsync(CancellationToken.None);
        FleetEvidence evidence = await fleet.View.EvidenceAsync(rollout with { Steps = [new ExposureStep(minute, shares)] }, minute - 1, minute, CancellationToken.None);
        Assert.Equal(13, evidence.Exposed[Cells.Length]);
        Assert.Equal(13, evidence.Exposed.Sum());

        // A step holds from the next minute on, and the decision in between must know of those whom it let in: else they come twice.
        await using Fleet anew = await Fleet.StartAsync(database, clock);
        evidence = await anew.View.EvidenceAsync(rollout with { Steps = [new ExposureStep(minute + 1, shares)] }, minute - 1, minute, CancellationToken.None);
        Assert.Equal(13, evidence.Exposed[Cells.Length]);
        Assert.Equal(0, evidence.Window.ExposedAtRisk.Sum());
    }

    [Fact]
    public async Task Nobody_goes_dark_while_nobody_listens()
    {
        var clock = new ManualClock();
        await using Fleet fleet = await Fleet.StartAsync(await ground.NewDatabaseAsync(), clock);
        Device device = await fleet.AddAsync(Id(1), Ring.Canary, Cells[0]);
        long startedAt = await fleet.RegisterAsync(Release, Soak);
        var rollout = new RolloutSeen { Release = Release, Salt = Salt, StartedAt = startedAt, Cells = Cells, Steps = [] };
        await fleet.SendAsync(device.Number, fleet.Report(device.Number));
        long began = await fleet.View.CatchUpAsync(CancellationToken.None);

        // An hour without a server.
        clock.Advance(TimeSpan.FromHours(1));
        long minute = await fleet.View.CatchUpAsync(CancellationToken.None);
        FleetEvidence evidence = await fleet.View.EvidenceAsync(rollout, began, minute, CancellationToken.None);
        Assert.Empty(evidence.Window.Sightings);
        Assert.Equal(1, evidence.Fleet.Reachable[0]);
        Assert.True(evidence.Window.ControlAtRisk[0] <= 1, "minutes in which nobody listened are no device minutes");

        // The server is there and the device is not.
        for (int i = 0; i < 16; i++)
        {
            clock.Advance(TimeSpan.FromMinutes(1));
            await fleet.FleetClock.CloseAsync(CancellationToken.None);
        }

        long dark = await fleet.View.CatchUpAsync(CancellationToken.None);
        evidence = await fleet.View.EvidenceAsync(rollout, minute, dark, CancellationToken.None);
        Assert.Equal([new Sighting(0, Measures.Dark, Sighting.Control, 1)], evidence.Window.Sightings);
        Assert.Equal(1, evidence.Window.ControlHarmed[0]);
    }

    [Fact]
    public async Task A_device_that_says_goodbye_does_not_go_dark()
    {
        var clock = new ManualClock();
        await using Fleet fleet = await Fleet.StartAsync(await ground.NewDatabaseAsync(), clock);
        Device device = await fleet.AddAsync(Id(1), Ring.Canary, Cells[0]);
        long startedAt = await fleet.RegisterAsync(Release, Soak);
        var rollout = new RolloutSeen { Release = Release, Salt = Salt, StartedAt = startedAt, Cells = Cells, Steps = [] };
        await fleet.SendAsync(device.Number, fleet.Report(device.Number) with { Goodbye = true });
        long after = fleet.View.MinuteOf(startedAt) - 1;
        for (int i = 0; i < 30; i++)
        {
            clock.Advance(TimeSpan.FromMinutes(1));
            await fleet.FleetClock.CloseAsync(CancellationToken.None);
        }

        FleetEvidence evidence = await fleet.View.EvidenceAsync(rollout, after, await fleet.View.CatchUpAsync(CancellationToken.None), CancellationToken.None);
        Assert.Empty(evidence.Window.Sightings);
        Assert.Equal(0, evidence.Fleet.Reachable[0]);
        Assert.Equal(1, evidence.Fleet.Enrolled[0]);
    }

    [Fact]
    public async Task A_device_that_goes_dark_after_taking_a_release_counts_as_harmed()
    {
        var clock = new ManualClock();
        await using Fleet fleet = await Fleet.StartAsync(await ground.NewDatabaseAsync(), clock);
        Device device = await fleet.AddAsync(Id(1), Ring.Canary, Cells[0]);
        long startedAt = await fleet.RegisterAsync(Release, Soak);
        double[] all = new double[12];
        Array.Fill(all, 1);
        long after = fleet.View.MinuteOf(startedAt) - 1;
        var rollout = new RolloutSeen { Release = Release, Salt = Salt, StartedAt = startedAt, Cells = Cells, Steps = [new ExposureStep(after + 1, all)] };
        await fleet.SendAsync(device.Number, fleet.Report(device.Number, Run(ReleaseState.Fetched, -1, fleet.Now)));
        for (int i = 0; i < 17; i++)
        {
            clock.Advance(TimeSpan.FromMinutes(1));
            await fleet.FleetClock.CloseAsync(CancellationToken.None);
        }

        long minute = await fleet.View.CatchUpAsync(CancellationToken.None);
        FleetEvidence evidence = await fleet.View.EvidenceAsync(rollout, after, minute, CancellationToken.None);
        Assert.Equal(1, evidence.Window.NewlyHarmed[0]);
        Assert.Equal([new Sighting(0, Measures.Dark, Age.ClassOf(15), 1)], evidence.Window.Sightings);

        // It comes back: that it was gone stays, and is not counted again.
        await fleet.SendAsync(device.Number, fleet.Report(device.Number, Run(ReleaseState.InService, Soak, fleet.Now)));
        clock.Advance(TimeSpan.FromMinutes(1));
        long later = await fleet.View.CatchUpAsync(CancellationToken.None);
        evidence = await fleet.View.EvidenceAsync(rollout, minute, later, CancellationToken.None);
        Assert.Empty(evidence.Window.Sightings);
        Assert.Equal(0, evidence.Window.NewlyHarmed[0] + evidence.Window.NewlyMatured[0]);
        DeviceHarm harm = Assert.Single(await fleet.History.HarmsAsync(device.Number, CancellationToken.None));
        Assert.Equal("gone dark", harm.Measure);
    }

    [Fact]
    public async Task Of_a_long_window_no_report_lacks_while_everybody_reports_in_time()
    {
        var clock = new ManualClock();
        await using Fleet fleet = await Fleet.StartAsync(await ground.NewDatabaseAsync(), clock);
        var devices = new List<Device>();
        for (int i = 0; i < 10; i++)
        {
            devices.Add(await fleet.AddAsync(Id(i), Ring.Canary, Cells[0]));
        }

        long startedAt = await fleet.RegisterAsync(Release, Soak);
        var rollout = new RolloutSeen { Release = Release, Salt = Salt, StartedAt = startedAt, Cells = Cells, Steps = [] };
        EvidenceWindow window = await HalfAnHourAsync(silentFrom: 30);
        Assert.Equal((10, 10), (window.ControlReportsCame, window.ControlReportsDue));

        // The control: whose reports stop lack, and before they count as dark.
        window = await HalfAnHourAsync(silentFrom: 24);
        Assert.Equal((0, 10), (window.ControlReportsCame, window.ControlReportsDue));

        async Task<EvidenceWindow> HalfAnHourAsync(int silentFrom)
        {
            long after = fleet.View.MinuteOf(fleet.Now) - 1;
            for (int minute = 0; minute < 30; minute++)
            {
                foreach (Device device in devices.Where(device => (device.Number + minute) % 5 == 0 && minute < silentFrom))
                {
                    await fleet.SendAsync(device.Number, fleet.Report(device.Number));
                }

                await fleet.FleetClock.CloseAsync(CancellationToken.None);
                clock.Advance(TimeSpan.FromMinutes(1));
            }

            long until = await fleet.View.CatchUpAsync(CancellationToken.None);
            return (await fleet.View.EvidenceAsync(rollout, after, until, CancellationToken.None)).Window;
        }
    }

    [Fact]
    public async Task Machines_of_one_site_that_join_one_after_another_stand_where_the_server_counts_them_and_no_half_of_a_release_holds_more_than_half_of_them()
    {
        var clock = new ManualClock();
        await using Fleet fleet = await Fleet.StartAsync(await ground.NewDatabaseAsync(), clock);
        const int Machines = 41;
        var told = new List<DeviceSeat>();
        for (int i = 1; i <= Machines; i++)
        {
            // What each is told when it joins, and goes by until its next session.
            told.Add((await fleet.AddAsync(Id(i), Ring.Canary, Cells[0], "rack-7")).Seat!);
            clock.Advance(TimeSpan.FromSeconds(20));
        }

        for (int release = 1; release <= 20; release++)
        {
            string name = $"acme/yara/content-{release}.tar.gz";
            var rollout = new RolloutSeen { Release = name, Salt = Salt, StartedAt = await fleet.RegisterAsync(name, Soak), Cells = Cells, Steps = [] };
            double[] positions = [.. told.Select(seat => Membership.Position(new Seat(seat.DomainNumber, seat.Index, seat.Size), Encoding.UTF8.GetBytes(name), Salt)).Order()];
            Assert.Equal(positions, await fleet.View.SortedPositionsAsync(rollout, 0, CancellationToken.None));
            Assert.All(positions, from => Assert.InRange(positions.Count(position => position >= from && position < from + 0.5), 1, (Machines + 1) / 2));
        }
    }

    [Fact]
    public async Task An_outage_that_another_replica_wrote_down_is_nobodys_silence()
    {
        var clock = new ManualClock();
        string database = await ground.NewDatabaseAsync();
        await using Fleet fleet = await Fleet.StartAsync(database, clock);
        await using Fleet other = await Fleet.StartAsync(database, clock);
        Device device = await fleet.AddAsync(Id(1), Ring.Canary, Cells[0]);
        Device silent = await fleet.AddAsync(Id(2), Ring.Canary, Cells[0]);
        await fleet.SendAsync(device.Number, fleet.Report(device.Number));
        await fleet.SendAsync(silent.Number, fleet.Report(silent.Number));
        clock.Advance(TimeSpan.FromMinutes(20));
        await other.FleetClock.CloseAsync(CancellationToken.None);
        clock.Advance(TimeSpan.FromSeconds(0.5));
        await fleet.SendAsync(device.Number, fleet.Report(device.Number));
        Assert.Empty(await fleet.History.HarmsAsync(device.Number, CancellationToken.None));

        // With somebody listening, the same silence is one.
        for (int i = 0; i < 20; i++)
        {
            clock.Advance(TimeSpan.FromMinutes(1));
            await other.FleetClock.CloseAsync(CancellationToken.None);
        }

        await fleet.SendAsync(silent.Number, fleet.Report(silent.Number));
        Assert.Single(await fleet.History.HarmsAsync(silent.Number, CancellationToken.None));
    }

    [Fact]
    public async Task One_dark_device_is_seen_among_many_that_sleep_and_others_that_left()
    {
        var clock = new ManualClock();
        await using Fleet fleet = await Fleet.StartAsync(await ground.NewDatabaseAsync(), clock);
        var watch = new DeviceWatch(fleet.Database, fleet.View, fleet.Options, clock);
        Device dark = await fleet.AddAsync(Id(0), Ring.Broad, Cells[0]);
        Device before = await fleet.AddAsync(Id(1), Ring.Broad, Cells[0]);
        await fleet.SendAsync(before.Number, fleet.Report(before.Number));
        clock.Advance(TimeSpan.FromSeconds(1));
        await fleet.SendAsync(dark.Number, fleet.Report(dark.Number));
        clock.Advance(TimeSpan.FromSeconds(1));
        for (int i = 2; i < 30; i++)
        {
            Device device = await fleet.AddAsync(Id(i), Ring.Broad, Cells[0]);
            await fleet.SendAsync(device.Number, fleet.Report(device.Number) with { Goodbye = i % 2 == 0 });
            if (i % 2 != 0)
            {
                await fleet.Devices.RetireAsync(device.Id, "server", CancellationToken.None);
            }
        }

        for (int i = 0; i < 15; i++)
        {
            Assert.Empty(watch.Dark(1));
            clock.Advance(TimeSpan.FromMinutes(1));
            await fleet.View.CatchUpAsync(CancellationToken.None);
        }

        Assert.Equal([dark.Number], watch.Dark(1).Select(device => device.Number));
        Assert.Equal([dark.Number, before.Number], watch.Dark(100).Select(device => device.Number));
    }

    [Fact]
    public async Task What_pages_count_of_a_release_is_what_devices_said_of_it()
    {
        var clock = new ManualClock();
        await using Fleet fleet = await Fleet.StartAsync(await ground.NewDatabaseAsync(), clock);
        var watch = new DeviceWatch(fleet.Database, fleet.View, fleet.Options, clock);
        await fleet.RegisterAsync(Release, Soak);
        var dice = new Random(5);
        string[] states = [ReleaseState.Fetched, ReleaseState.Probation, ReleaseState.InService, ReleaseState.InService, ReleaseState.Fallback, ReleaseState.Superseded];
        Device[] devices = new Device[12];
        for (int i = 0; i < devices.Length; i++)
        {
            devices[i] = await fleet.AddAsync(Id(i), Ring.Broad, Cells[0]);
        }

        long most = 0;
        for (int round = 0; round < 20; round++)
        {
            foreach (Device device in devices)
            {
                string[] words = [.. Enumerable.Range(0, dice.Next(3)).Select(_ => states[dice.Next(states.Length)])];
                if (words.Length > 0)
                {
                    await fleet.SendAsync(device.Number, [.. words.Select(word => fleet.Report(device.Number, Run(word, 1, fleet.Now)))]);
                }
            }

            clock.Advance(TimeSpan.FromMinutes(1));
            int word = ReleaseState.All.ToList().IndexOf(ReleaseState.InService);
            long counted = (await fleet.Database.ReadAsync(
                connection => Dapper.SqlMapper.QueryAsync<long>(connection, $"SELECT COUNT(*) FROM health_runs WHERE state = {word.ToString(CultureInfo.InvariantCulture)}"), CancellationToken.None)).Single();
            Assert.Equal(counted, (await watch.InServiceAsync(CancellationToken.None)).GetValueOrDefault(Release));
            most = Math.Max(most, counted);
        }

        Assert.True(most > 2, "the case was not met");
    }

    [Fact]
    public async Task A_retired_device_is_counted_no_more()
    {
        var clock = new ManualClock();
        await using Fleet fleet = await Fleet.StartAsync(await ground.NewDatabaseAsync(), clock);
        Device device = await fleet.AddAsync(Id(1), Ring.Canary, Cells[0]);
        await fleet.AddAsync(Id(2), Ring.Canary, Cells[0]);
        long startedAt = await fleet.RegisterAsync(Release, Soak);
        var rollout = new RolloutSeen { Release = Release, Salt = Salt, StartedAt = startedAt, Cells = Cells, Steps = [] };
        Assert.Equal(2, (await fleet.View.SortedPositionsAsync(rollout, 0, CancellationToken.None)).Length);
        await fleet.Devices.RetireAsync(device.Id, "server", CancellationToken.None);
        await fleet.View.FollowAsync(CancellationToken.None);
        Assert.True(fleet.View.IsRetired((int)device.Number));
        Assert.Single(await fleet.View.SortedPositionsAsync(rollout, 0, CancellationToken.None));
        Assert.Equal(1, fleet.View.Glance(fleet.Now).Sum(cell => cell.Devices));
    }

    private static string Id(int i) => (i + 1).ToString("x32", CultureInfo.InvariantCulture);

    private static async Task<Device> AddAsync(Fleet fleet, Random dice, int i)
    {
        string cell = dice.Next(12) == 0 ? "a cell of its own" : Cells[dice.Next(Cells.Length)];
        return await fleet.AddAsync(Id(i), (Ring)dice.Next(4), cell, dice.Next(3) == 0 ? $"site {dice.Next(3)}" : null);
    }

    private static int? StratumOf(Device device) => Array.IndexOf(Cells, device.Cell) is >= 0 and int cell ? ((int)device.Ring * Cells.Length) + cell : null;

    private static ObviousDevice Stand(ObviousFleet model, Device device, long startedAt, double shareAtEnrolment)
    {
        byte[] release = Encoding.UTF8.GetBytes(Release);
        double position = device.Seat is { } seat
            ? Membership.Position(new Seat(seat.DomainNumber, seat.Index, seat.Size), release, Salt)
            : Membership.Position(Encoding.UTF8.GetBytes(device.Id), release, Salt);
        bool late = device.EnrolledAt / 1000 > startedAt / 1000;
        var obvious = new ObviousDevice
        {
            Number = device.Number,
            EnrolledAt = device.EnrolledAt,
            Stratum = StratumOf(device),
            Position = late ? Membership.LateJoiner(position, shareAtEnrolment) : position,
        };
        model.Devices.Add(obvious);
        return obvious;
    }

    private static RolloutSeen Seen(long startedAt, ObviousFleet model) => new()
    {
        Release = Release,
        Salt = Salt,
        StartedAt = startedAt,
        Cells = Cells,
        Steps = [.. model.Steps.Select(step => new ExposureStep(step.Minute, step.Share))],
    };

    private static ReleaseReport Run(string state, int age, long since) => new() { Path = Release, State = state, Age = age, Since = since, FallbackAlive = true };

    /// <summary>Whatever a device may do in a minute: be silent, repeat itself, lie, fall ill, take the release, run it, say goodbye.</summary>
    private static async Task StepAsync(Fleet fleet, Random dice, Device device, ObviousDevice obvious, ObviousFleet model, int step)
    {
        bool silent = (device.Number + (step / 20)) % 7 == 0;
        if (silent || (device.Number + step) % 5 != 0)
        {
            return;
        }

        long now = fleet.Now;
        bool lies = device.Number % 17 == 3;
        bool exposed = model.ExposedMinute(obvious) is { } first && first <= now / 60_000;
        var releases = new List<ReleaseReport>();
        string? state = null;
        int age = -1;
        if ((exposed || lies) && !obvious.Over)
        {
            state = obvious.TakenAt == long.MaxValue ? ReleaseState.Fetched : obvious.RanAt == long.MaxValue ? ReleaseState.Probation : ReleaseState.InService;
            state = state == ReleaseState.InService && dice.Next(40) == 0 ? ReleaseState.Fallback : state;
            age = state == ReleaseState.InService ? (int)((now - obvious.RanAt) / 60_000) + (device.Number % 13 == 5 ? 500 : 0) : -1;
            releases.Add(Run(state, age, now));
        }

        bool clockOff = device.Number % 19 == 7 && dice.Next(2) == 0;
        string? harm = dice.Next(25) == 0 ? Harms[dice.Next(Harms.Length)] : null;
        bool goodbye = dice.Next(30) == 0;
        var report = new DeviceReport
        {
            // Gaps in the sequence are usual: what a device could not send was superseded.
            Sequence = (step * 10) + 2,
            At = clockOff ? now + 3_600_000 : now,
            Boot = "b1",
            Cell = device.Cell,
            Goodbye = goodbye,
            Releases = releases,
            Harms = harm is null ? [] : [new HarmReport { Measure = harm, At = now, Detail = "it\0broke" }],
        };
        long acknowledged = await fleet.SendAsync(device.Number, report);
        Assert.Equal(report.Sequence, acknowledged);
        if (dice.Next(4) == 0)
        {
            // The same again, and an older one that says otherwise: neither changes anything.
            Assert.Equal(report.Sequence, await fleet.SendAsync(device.Number, report, report with { Sequence = report.Sequence - 1, Goodbye = !goodbye, Harms = [new HarmReport { Measure = HarmMeasure.Memory, At = now }] }));
        }

        Remember(obvious, now, report, clockOff, state, age);
    }

    private static void Remember(ObviousDevice obvious, long now, DeviceReport report, bool clockOff, string? state, int age)
    {
        obvious.Heard.Add((now, report.Goodbye, clockOff));
        if (clockOff)
        {
            obvious.Shown.Add((Measures.Senseless, now));
            return;
        }

        foreach (HarmReport shown in report.Harms)
        {
            obvious.Shown.Add((Array.FindIndex(Measures.Standard, measure => measure.Name == shown.Measure), now));
        }

        if (state is null)
        {
            return;
        }

        obvious.TakenAt = Math.Min(obvious.TakenAt, now);
        if (state != ReleaseState.Fetched)
        {
            obvious.RanAt = Math.Min(obvious.RanAt, now);
            obvious.Fallback = true;
        }

        if (state == ReleaseState.InService && age >= Soak && report.Harms.Count == 0 && obvious.MaturedAt == long.MaxValue)
        {
            obvious.MaturedAt = now;
            obvious.MaturedAge = age;
        }

        obvious.Over |= state == ReleaseState.Fallback;
    }

    private static void Same(ObviousFleet model, FleetEvidence evidence, long after, long minute, string when)
    {
        (EvidenceWindow window, int[] enrolled, int[] reachable, int[] exposed, int[] installed, int[] fallback) = model.Window(after, minute);
        Assert.True(Text(window) == Text(evidence.Window), $"{when}:\nobvious {Text(window)}\nview    {Text(evidence.Window)}");
        Assert.Equal(enrolled, evidence.Fleet.Enrolled);
        Assert.Equal(reachable, evidence.Fleet.Reachable);
        Assert.Equal(exposed, evidence.Exposed);
        Assert.Equal(installed, evidence.Installed);
        Assert.Equal(fallback, evidence.FallbackAlive);
    }

    private static string Text(EvidenceWindow window)
    {
        IEnumerable<string> sightings = window.Sightings.GroupBy(sighting => (sighting.Stratum, sighting.Measure, sighting.Age))
            .OrderBy(group => group.Key).Select(group => $"{group.Key}×{group.Sum(sighting => sighting.Devices)}");
        return $"""
            control {string.Join(' ', window.ControlAtRisk)} exposed {string.Join(' ', window.ExposedAtRisk)} soaking {string.Join(' ', window.SoakingAtRisk)} matured {string.Join(' ', window.MaturedAtRisk)}
              newly matured {string.Join(' ', window.NewlyMatured)} harmed {string.Join(' ', window.NewlyHarmed)} later {string.Join(' ', window.HarmedLater)} control harmed {string.Join(' ', window.ControlHarmed)}
              due {window.ControlReportsDue} came {window.ControlReportsCame} reports {window.Reports} set aside {window.SetAside} sightings {string.Join(' ', sightings)}
            """;
    }
}

public sealed class SqliteFleetViewTests(SqliteGround ground) : FleetViewTests(ground), IClassFixture<SqliteGround>;

public sealed class PostgresFleetViewTests(PostgresCluster cluster) : FleetViewTests(new PostgresGround(cluster));
