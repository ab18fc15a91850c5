using System.Net;
using System.Net.Http.Json;
using Ringwall.Server.Enrolment;
using Ringwall.Server.Running;
using Ringwall.Server.Tests.Access;
using Ringwall.Server.Tests.Grounds;
using Ringwall.Wire.Fleet;

namespace Ringwall.Server.Tests.Enrolment;

public sealed class JoinLimitTests(SqliteGround ground) : IClassFixture<SqliteGround>
{
    [Fact]
    public void Addresses_of_one_customer_count_together_and_others_do_not()
    {
        JoinLimit limit = new(new ManualClock());
        for (int i = 0; i < JoinLimit.Most; i++)
        {
            IPAddress next = IPAddress.Parse($"2001:db8::{i:x}");
            limit.Enter(next);
            limit.Failed(next);
        }

        Assert.Throws<RequestRefused>(() => limit.Enter(IPAddress.Parse("2001:db8::ffff:1")));
        limit.Enter(IPAddress.Parse("2001:db8:0:1::1"));
        limit.Enter(IPAddress.Parse("192.0.2.1"));
    }

    [Fact]
    public void Wrong_tries_from_everywhere_close_the_door_to_strangers_for_a_minute()
    {
        ManualClock clock = new();
        JoinLimit limit = new(clock);
        byte[] bytes = new byte[4];
        for (int i = 0; i < JoinLimit.MostAddresses + JoinLimit.Most; i++)
        {
            System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(bytes, 0x0A00_0000 + i);
            limit.Enter(new IPAddress(bytes));
            limit.Failed(new IPAddress(bytes));
        }

        Assert.Throws<RequestRefused>(() => limit.Enter(IPAddress.Parse("192.0.2.1")));
        limit.Enter(IPAddress.Parse("10.0.0.1"));
        clock.Advance(TimeSpan.FromMinutes(1));
        limit.Enter(IPAddress.Parse("192.0.2.1"));
    }

    [Fact]
    public async Task Wrong_tries_for_a_session_are_counted_too()
    {
        await using RunningServer server = await RunningServer.StartAsync(await ground.NewDatabaseAsync());
        SessionRequest wrong = new(new string('0', 32), 1, "");
        HttpResponseMessage answer = null!;
        for (int i = 0; i <= JoinLimit.Most; i++)
        {
            answer = await server.Http.PostAsJsonAsync("/api/v1/device/session", wrong, TestContext.Current.CancellationToken);
            Assert.Equal(i < JoinLimit.Most ? HttpStatusCode.NotFound : HttpStatusCode.TooManyRequests, answer.StatusCode);
        }

        await answer.IsProblemAsync(HttpStatusCode.TooManyRequests, "ringwall:too-many");
    }
}
