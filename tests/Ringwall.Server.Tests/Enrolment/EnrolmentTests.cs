using System.Security.Cryptography;
using Ringwall.Rollouts;
using Ringwall.Server.Enrolment;
using Ringwall.Server.Inventory;
using Ringwall.Server.Running;
using Ringwall.Server.Tests.Grounds;
using Ringwall.Server.Tests.Health;
using Ringwall.Wire.Fleet;

namespace Ringwall.Server.Tests.Enrolment;

public abstract class EnrolmentTests(Ground ground)
{
    [Fact]
    public async Task A_machine_with_a_join_token_becomes_a_device_and_gets_a_session()
    {
        await using Fleet fleet = await StartAsync();
        NewJoinToken token = await fleet.Tokens.MakeAsync(new JoinTokenWish("early", "rack-7", Uses: 2), "someone", CancellationToken.None);
        using var machine = new Machine();
        Joining joining = fleet.Joining();
        EnrolReply reply = await joining.EnrolAsync(machine.Enrol(token.Secret), CancellationToken.None);
        Assert.Equal(machine.Device, reply.Device);
        Assert.Equal(("early", "rack-7", 0, 2), (reply.Ring, reply.Site, reply.Seat!.Index, reply.Seat.Size));
        Device device = (await fleet.Devices.FindAsync(reply.Device, CancellationToken.None))!;
        Assert.Equal("debian 12 · 6.1 · x64 · yara", device.Cell);

        SessionReply session = await joining.BeginSessionAsync(machine.Session(fleet.Now), CancellationToken.None);
        Assert.True(fleet.Sessions.TryRead(session.Token, out Session read));
        Assert.Equal((reply.Device, (int)device.Number), (read.DeviceId, read.Number));
        fleet.Clock.Advance(TimeSpan.FromHours(24));
        Assert.False(fleet.Sessions.TryRead(session.Token, out _), "it has ended");
    }

    [Fact]
    public async Task Of_many_machines_that_want_the_last_uses_so_many_get_them()
    {
        await using Fleet fleet = await StartAsync();
        NewJoinToken token = await fleet.Tokens.MakeAsync(new JoinTokenWish("canary", "pair", Uses: 3), "someone", CancellationToken.None);
        Joining joining = fleet.Joining();
        Machine[] machines = [.. Enumerable.Range(0, 12).Select(_ => new Machine())];
        EnrolReply?[] replies = await Task.WhenAll(machines.Select(machine => Task.Run(async () =>
        {
            try
            {
                return await joining.EnrolAsync(machine.Enrol(token.Secret), CancellationToken.None);
            }
            catch (RequestRefused refused) when (refused.Type == Joining.TokenRefused)
            {
                return null;
            }
        })));
        EnrolReply[] joined = [.. replies.OfType<EnrolReply>()];
        Assert.Equal(3, joined.Length);
        Assert.Equal([1, 2], joined.GroupBy(reply => reply.Seat!.Domain).Select(pair => pair.Count()).Order());
        Assert.Equal(3, joined.Select(reply => reply.Seat).Distinct().Count());
        Assert.Equal(0, Assert.Single(await fleet.Tokens.ListAsync(CancellationToken.None)).Left);
        Assert.Equal(3, (await fleet.Devices.ListAsync(new DeviceFilter(), CancellationToken.None)).Count);
        Array.ForEach(machines, machine => machine.Dispose());
    }

    [Fact]
    public async Task A_machine_whose_reply_was_lost_asks_again_and_is_the_same_device()
    {
        await using Fleet fleet = await StartAsync();
        NewJoinToken token = await fleet.Tokens.MakeAsync(new JoinTokenWish("canary"), "someone", CancellationToken.None);
        using var machine = new Machine();
        Joining joining = fleet.Joining();
        EnrolReply first = await joining.EnrolAsync(machine.Enrol(token.Secret), CancellationToken.None);
        EnrolReply again = await joining.EnrolAsync(machine.Enrol(token.Secret), CancellationToken.None);
        Assert.Equal(first.Device, again.Device);
        Assert.Single(await fleet.Devices.ListAsync(new DeviceFilter(), CancellationToken.None));

        using var stranger = new Machine();
        Assert.Equal(Joining.TokenRefused, await RefusalAsync(() => joining.EnrolAsync(stranger.Enrol(token.Secret), CancellationToken.None)));
    }

    [Fact]
    public async Task A_token_that_is_guessed_expired_withdrawn_or_foreign_lets_nobody_in()
    {
        await using Fleet fleet = await StartAsync();
        Joining joining = fleet.Joining();
        using var machine = new Machine();
        NewJoinToken token = await fleet.Tokens.MakeAsync(new JoinTokenWish("canary", Hours: 1), "someone", CancellationToken.None);
        Assert.Equal(Joining.TokenRefused, await RefusalAsync(() => joining.EnrolAsync(machine.Enrol(token.Secret[..^1]), CancellationToken.None)));
        Assert.Equal(Joining.TokenRefused, await RefusalAsync(() => joining.EnrolAsync(machine.Enrol(""), CancellationToken.None)));
        NewJoinToken withdrawn = await fleet.Tokens.MakeAsync(new JoinTokenWish("canary"), "someone", CancellationToken.None);
        await fleet.Tokens.WithdrawAsync(withdrawn.Token.Id, "someone", CancellationToken.None);
        Assert.Equal(Joining.TokenRefused, await RefusalAsync(() => joining.EnrolAsync(machine.Enrol(withdrawn.Secret), CancellationToken.None)));
        fleet.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(Joining.TokenRefused, await RefusalAsync(() => joining.EnrolAsync(machine.Enrol(token.Secret), CancellationToken.None)));
        Assert.Empty(await fleet.Devices.ListAsync(new DeviceFilter(), CancellationToken.None));
    }

    [Fact]
    public async Task Whoever_has_not_the_key_is_refused_before_the_token_is_looked_at()
    {
        await using Fleet fleet = await StartAsync();
        Joining joining = fleet.Joining();
        using var machine = new Machine();
        using var thief = new Machine();
        NewJoinToken token = await fleet.Tokens.MakeAsync(new JoinTokenWish("canary"), "someone", CancellationToken.None);
        EnrolRequest stolen = machine.Enrol(token.Secret) with { PublicKey = thief.PublicKey };
        Assert.Equal(Joining.ProofRefused, await RefusalAsync(() => joining.EnrolAsync(stolen, CancellationToken.None)));
        Assert.Equal(Joining.ProofRefused, await RefusalAsync(() => joining.EnrolAsync(machine.Enrol(token.Secret) with { Proof = "AAAA" }, CancellationToken.None)));
        using ECDsa big = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        Assert.Equal(ProblemType.BadRequest, await RefusalAsync(() => joining.EnrolAsync(machine.Enrol(token.Secret) with { PublicKey = Convert.ToBase64String(big.ExportSubjectPublicKeyInfo()) }, CancellationToken.None)));
        await joining.EnrolAsync(machine.Enrol(token.Secret), CancellationToken.None);

        Assert.Equal(Joining.ProofRefused, await RefusalAsync(() => joining.BeginSessionAsync(machine.Session(fleet.Now) with { At = fleet.Now + 1 }, CancellationToken.None)));
        Assert.Equal(Joining.NoSuchDevice, await RefusalAsync(() => joining.BeginSessionAsync(thief.Session(fleet.Now), CancellationToken.None)));
        Assert.Equal(Joining.ClockOff, await RefusalAsync(() => joining.BeginSessionAsync(machine.Session(fleet.Now + 301_000), CancellationToken.None)));
        await joining.BeginSessionAsync(machine.Session(fleet.Now + 299_000), CancellationToken.None);
        await fleet.Devices.RetireAsync(machine.Device, "someone", CancellationToken.None);
        Assert.Equal(Joining.NoSuchDevice, await RefusalAsync(() => joining.BeginSessionAsync(machine.Session(fleet.Now), CancellationToken.None)));
        Assert.Equal(Joining.TokenRefused, await RefusalAsync(() => joining.EnrolAsync(machine.Enrol(token.Secret), CancellationToken.None)));
    }

    [Fact]
    public async Task A_session_token_with_one_letter_changed_is_none()
    {
        await using Fleet fleet = await StartAsync();
        (string token, _) = fleet.Sessions.Begin(7, 1);
        Assert.True(fleet.Sessions.TryRead(token, out _));
        for (int i = 0; i < token.Length; i++)
        {
            string forged = token[..i] + (token[i] == 'A' ? 'g' : 'A') + token[(i + 1)..];
            Assert.False(fleet.Sessions.TryRead(forged, out _), forged);
        }

        await using Fleet foreign = await StartAsync();
        Assert.False(foreign.Sessions.TryRead(token, out _), "another fleet's");
        Assert.False(fleet.Sessions.TryRead(token + "A", out _));
        Assert.False(fleet.Sessions.TryRead("", out _));
    }

    [Fact]
    public async Task A_move_gives_a_seat_in_the_new_place_and_the_audit_says_who()
    {
        await using Fleet fleet = await StartAsync();
        Device first = await fleet.AddAsync("00000000000000000000000000000001", Ring.Canary, "debian 12", "rack");
        Device second = await fleet.AddAsync("00000000000000000000000000000002", Ring.Canary, "debian 12", "rack");
        Device moved = await fleet.Devices.MoveAsync(second.Id, Ring.Broad, "someone", CancellationToken.None);
        Assert.Equal((Ring.Broad, 0, 2), (moved.Ring, moved.Seat!.Index, moved.Seat.Size));
        Assert.NotEqual(first.Seat!.Domain, moved.Seat.Domain);
        Device back = await fleet.Devices.MoveAsync(second.Id, Ring.Canary, "someone", CancellationToken.None);
        Assert.Equal((0, 2), (back.Seat!.Index, back.Seat.Size));
        Assert.Equal(3, new[] { first.Seat.Domain, moved.Seat.Domain, back.Seat.Domain }.Distinct().Count());
        Assert.Equal(ProblemType.NotFound, await RefusalAsync(() => fleet.Devices.MoveAsync("' OR 1=1 --", Ring.Early, "someone", CancellationToken.None)));
        Assert.Empty(await fleet.Devices.ListAsync(new DeviceFilter { Text = "%" }, CancellationToken.None));
        Assert.Equal(2, (await fleet.Devices.ListAsync(new DeviceFilter { Text = "MACHINE" }, CancellationToken.None)).Count);
    }

    private async Task<Fleet> StartAsync() => await Fleet.StartAsync(await ground.NewDatabaseAsync(), new ManualClock());

    private static async Task<ProblemType> RefusalAsync(Func<Task> act) => (await Assert.ThrowsAsync<RequestRefused>(act)).Type;
}

public sealed class SqliteEnrolmentTests(SqliteGround ground) : EnrolmentTests(ground), IClassFixture<SqliteGround>;

public sealed class PostgresEnrolmentTests(PostgresCluster cluster) : EnrolmentTests(new PostgresGround(cluster));
