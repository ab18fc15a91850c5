using System.Security.Cryptography;
using System.Text;
using Ringwall.Rollouts;
using Ringwall.Trust;
using Ringwall.Wire.Fleet;

namespace Ringwall.Simulator;

/// <summary>
/// One simulated device: a key of its own, enrolment, sessions, its own place in each release's order, its own reports. What it does with a release is made up; everything that it says
/// to the server, and why it takes a release, is what an agent and a host would say and do.
/// </summary>
internal sealed class LiveDevice(int index, LivePlan plan, FleetDoor door, LiveCounts counts, TimeProvider clock) : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly string _boot = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
    private readonly Dictionary<string, LiveRelease> _releases = new(StringComparer.Ordinal);
    private readonly List<HarmReport> _harms = [];
    private readonly int _cell = LiveCells.CellOf(index);
    private EnrolReply? _enrolled;
    private SessionReply? _session;
    private DeviceReport? _unsent;
    private long _sequence;
    private long _nextReport;
    private bool _changed;

    /// <summary>Whether the server has taken a report of it.</summary>
    public bool HasReported { get; private set; }

    private string Cell => CellName.Of(LiveCells.All[_cell]);

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    public async Task<EnrolReply> EnrolAsync(string joinToken, CancellationToken stop)
    {
        string key = Convert.ToBase64String(_key.ExportSubjectPublicKeyInfo());
        _enrolled = await door.EnrolAsync(
            new EnrolRequest
            {
                JoinToken = joinToken,
                PublicKey = key,
                Proof = Sign(DeviceProof.Enrol(joinToken, key)),
                Name = $"simulated-{index:D5}",
                Cell = LiveCells.All[_cell],
                Host = "simulated",
            },
            stop);
        counts.Enrolled();

        // Spread over an interval, as machines that were not switched on together are.
        _nextReport = Now + (long)(Interval * Dice.Coin(plan.Seed, (ulong)index));
        return _enrolled;
    }

    private long Interval => _enrolled!.ReportMinutes * _enrolled.PaceMilliseconds;

    /// <summary>What a device does from time to time: look at what is offered, go on with what it has, report when it is due or when something changed.</summary>
    public async Task StepAsync(SharedCatalog catalog, CancellationToken stop)
    {
        foreach (OfferedRelease offered in await catalog.LookAsync(stop))
        {
            await ConsiderAsync(offered, catalog, stop);
        }

        long now = Now;
        if (_unsent is null && !_changed && now < _nextReport)
        {
            return;
        }

        // An interval is counted from the report before, so that a device that had news is not early with the next one.
        _unsent ??= NewReport(now);
        if (await SendAsync(_unsent, now, stop))
        {
            _unsent = null;
            _nextReport = now + Interval;
        }
    }

    public async Task SayGoodbyeAsync(CancellationToken stop)
    {
        if (_session is not null)
        {
            await SendAsync(NewReport(Now) with { Goodbye = true }, Now, stop);
        }
    }

    /// <summary>Leaves the fleet: what is gone for good shall not be waited for.</summary>
    public async Task RetireAsync(string operatorToken, CancellationToken stop)
    {
        if (_enrolled is not null)
        {
            await door.RetireAsync(operatorToken, _enrolled.Device, stop);
        }
    }

    public void Dispose() => _key.Dispose();

    private async Task ConsiderAsync(OfferedRelease offered, SharedCatalog catalog, CancellationToken stop)
    {
        OperatorOrder order = offered.Agreed.Operator;
        long now = Now;
        string ring = (_session?.Ring ?? _enrolled!.Ring);
        if (!_releases.TryGetValue(offered.Path, out LiveRelease? release))
        {
            _releases.Add(offered.Path, release = FirstSeen(offered, order, ring));
        }

        if (order.IsWithdrawn)
        {
            Withdraw(release, now);
            return;
        }

        if (order.WayBackFrom is { } from && _releases.GetValueOrDefault(from)?.State != ReleaseState.Fallback)
        {
            // It leads back from what was never here.
            return;
        }

        bool isSuperseded = _releases.Values.Any(other => other.Stream == release.Stream && other.Number > release.Number && other.State is ReleaseState.Probation or ReleaseState.InService);
        switch (release.State)
        {
            case null when release.Standing.Position < order.ExposureOf(ring, Cell) && !isSuperseded:
                bool mayInstall = order.IsOpen(clock.GetUtcNow()) && !order.IsPinned(_enrolled!.Device);
                Become(release, mayInstall ? ReleaseState.Offered : ReleaseState.Held, now);
                break;
            case ReleaseState.Held when order.IsOpen(clock.GetUtcNow()) && !order.IsPinned(_enrolled!.Device):
                Become(release, ReleaseState.Offered, now);
                break;
            case ReleaseState.Offered when await catalog.HasPackageAsync(offered, stop):
                Become(release, ReleaseState.Fetched, Now);
                counts.Taken();
                break;
            case ReleaseState.Fetched:
                Become(release, ReleaseState.Probation, now);
                break;
            case ReleaseState.Probation when AgeOf(release, now) >= 1:
                Serve(release, now);
                break;
            case ReleaseState.InService when release.CrashesAfter >= 0 && !release.Crashed && AgeOf(release, now) >= release.CrashesAfter:
                release.Crashed = true;
                _harms.Add(new HarmReport { Measure = HarmMeasure.Crash, Release = release.Path, At = now, Detail = "signal 11 in the engine, reading the new content (simulated)" });
                _changed = true;
                counts.Crashed();
                break;
        }
    }

    private LiveRelease FirstSeen(OfferedRelease offered, OperatorOrder order, string ring)
    {
        byte[] path = Encoding.UTF8.GetBytes(offered.Path);
        byte[] salt = Convert.FromHexString(order.Salt);
        double position = (_session?.Seat ?? _enrolled!.Seat) is { } seat
            ? Membership.Position(new Seat(seat.DomainNumber, seat.Index, seat.Size), path, salt)
            : Membership.Position(Encoding.UTF8.GetBytes(_enrolled!.Device), path, salt);

        // Whole seconds, because the order says no more.
        long enrolled = (_session?.EnrolledAt ?? _enrolled!.ServerTime) / 1000;
        // What was there before this device harms nobody, and neither does what leads back to it.
        string kind = order.StartedAt.ToUnixTimeSeconds() < enrolled || order.WayBackFrom is not null ? ReleaseKind.Good : plan.Release;
        ulong coin = BitConverter.ToUInt64(SHA256.HashData([.. Encoding.UTF8.GetBytes(_enrolled!.Device), .. path]));
        return new LiveRelease
        {
            Path = offered.Path,
            Stream = $"{offered.Agreed.Path.Vendor}/{offered.Agreed.Path.Sensor}/{offered.Agreed.Path.Stream}",
            Number = offered.Agreed.Path.Number,
            Standing = Standing.Of(0, position, enrolled, order.StartedAt.ToUnixTimeSeconds(), order.ExposureOf(ring, Cell)),
            CrashesAfter = ReleaseKind.CrashesAfter(kind, _cell, plan.Seed, coin),
        };
    }

    private void Serve(LiveRelease release, long now)
    {
        foreach (LiveRelease other in _releases.Values.Where(other => other.Stream == release.Stream && other.State == ReleaseState.InService))
        {
            other.Become(ReleaseState.Superseded, now);
        }

        Become(release, ReleaseState.InService, now);
        counts.InService();
    }

    private void Withdraw(LiveRelease release, long now)
    {
        if (release.State is ReleaseState.Fetched or ReleaseState.Probation or ReleaseState.InService)
        {
            Become(release, ReleaseState.Fallback, now);
            counts.Returned();
        }
        else if (release.State is ReleaseState.Offered or ReleaseState.Held)
        {
            release.State = null;
        }
    }

    private void Become(LiveRelease release, string state, long now)
    {
        release.Become(state, now);
        _changed = true;
    }

    private int AgeOf(LiveRelease release, long now) => (int)((now - release.Since) / _enrolled!.PaceMilliseconds);

    private DeviceReport NewReport(long now)
    {
        var report = new DeviceReport
        {
            Sequence = ++_sequence,
            At = now,
            Boot = _boot,
            AwakeMinutes = _enrolled!.ReportMinutes,
            Cell = Cell,
            Host = "simulated",
            Releases = [.. _releases.Values.Where(release => release.State is not null).Select(release => new ReleaseReport
            {
                Path = release.Path,
                State = release.State!,
                Since = release.Since,
                Age = release.State == ReleaseState.InService ? AgeOf(release, now) : -1,
                FallbackAlive = true,
            })],
            Harms = [.. _harms],
            Health = new DeviceHealth { Asks = _sequence * 12_000, Denied = _sequence * 3, CpuPermille = 4 + (index % 9), MemoryMiB = 60 + (index % 50), AskP99Us = 70 + (index % 40) },
        };
        _harms.Clear();
        _changed = false;
        return report;
    }

    private async Task<bool> SendAsync(DeviceReport report, long now, CancellationToken stop)
    {
        try
        {
            if (_session is null || _session.Until - now < (_session.Until - _session.ServerTime) / 2)
            {
                _session = await door.BeginSessionAsync(new SessionRequest(_enrolled!.Device, now, Sign(DeviceProof.Session(_enrolled.Device, now))), stop);
            }

            await door.ReportAsync(new ReportBatch([report]), _session.Token, stop);
            counts.Reported();
            HasReported = true;
            return true;
        }
        catch (DeviceRefusedException refused) when (refused.Type == DeviceProblem.SessionOver)
        {
            _session = null;
        }
        catch (Exception failed) when (failed is DeviceRefusedException { Status: >= 500 or 429 } or HttpRequestException or TaskCanceledException { InnerException: TimeoutException })
        {
            // The server is away or busy: the report is kept and sent again.
        }

        counts.Refused();
        return false;
    }

    private string Sign(byte[] text) => Convert.ToBase64String(_key.SignData(text, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
}
