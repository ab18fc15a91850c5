using System.Net.Http.Json;
using System.Text.Json;
using Ringwall.Server.Access;
using Ringwall.Server.Enrolment;
using Ringwall.Server.Tests.Grounds;
using Ringwall.Server.Tests.Releases;
using Ringwall.Trust;
using Ringwall.Wire.Fleet;

namespace Ringwall.Server.Tests.Enrolment;

/// <summary>What a device is told when an operator moves it: something that its host can believe without believing this server.</summary>
public sealed class MovedDeviceTests(SqliteGround ground) : IClassFixture<SqliteGround>
{
    private readonly SigningParty _party = new();

    [Fact]
    public async Task A_moved_device_gets_the_move_with_its_next_session_signed_by_the_operator_s_keys()
    {
        await using RunningServer server = await RunningServer.StartAsync(await ground.NewDatabaseAsync(), with: SigningParty.With);
        using HttpClient @operator = await server.ClientAsync([Role.Operator]);
        await _party.OpenAsync(@operator, server.Clock.GetUtcNow());
        using Machine machine = new();
        EnrolReply enrolled = await JoinAsync(server, machine, "rack-7");
        Assert.Null((await SessionAsync(server, machine)).Place);

        server.Clock.Advance(TimeSpan.FromHours(1));
        await MoveAsync(@operator, machine, "critical");
        SessionReply session = await SessionAsync(server, machine);
        RootMetadata root = RootMetadata.ReadTrusted(Convert.FromBase64String(enrolled.Roots.Director));
        PlaceOrder place = PlaceOrder.Read(root, Convert.FromBase64String(session.Place!));
        Assert.Equal((machine.Device, "critical", session.Ring), (place.Device, place.Ring, place.Ring));
        Assert.Equal((session.Seat!.Domain, session.Seat.Index, session.Seat.Size), (place.Seat!.Domain, place.Seat.Index, place.Seat.Size));
        Assert.NotEqual(enrolled.Seat!.Domain, place.Seat.Domain);
        Assert.True(place.Since > session.EnrolledAt);

        // A later move is a newer order; another operator's root believes neither.
        server.Clock.Advance(TimeSpan.FromHours(1));
        await MoveAsync(@operator, machine, "canary");
        byte[] later = Convert.FromBase64String((await SessionAsync(server, machine)).Place!);
        Assert.True(PlaceOrder.Read(root, later).Since > place.Since);
        RootMetadata other = RootMetadata.ReadTrusted(new SigningParty().FirstRoot(server.Clock.GetUtcNow(), "director", SigningParty.NewKey().Key));
        Assert.Equal(RejectionReason.TooFewSignatures, Assert.Throws<UpdateRejectedException>(() => PlaceOrder.Read(other, later)).Reason);

        // It is no metadata, and metadata is no place.
        Assert.ThrowsAny<UpdateRejectedException>(() => TargetsMetadata.ReadDraft(later));
        byte[] targets = await server.Http.GetByteArrayAsync("/director/1.targets.json", TestContext.Current.CancellationToken);
        Assert.Equal(RejectionReason.WrongType, Assert.Throws<UpdateRejectedException>(() => PlaceOrder.Read(root, targets)).Reason);
    }

    [Fact]
    public async Task Without_the_keys_the_device_has_its_session_all_the_same()
    {
        string database = await ground.NewDatabaseAsync();
        ManualClock clock = new();
        using Machine machine = new();
        await using (RunningServer server = await RunningServer.StartAsync(database, clock, SigningParty.With))
        {
            using HttpClient @operator = await server.ClientAsync([Role.Operator]);
            await _party.OpenAsync(@operator, clock.GetUtcNow());
            await JoinAsync(server, machine);
            clock.Advance(TimeSpan.FromHours(1));
            await MoveAsync(@operator, machine, "broad");
            Assert.NotNull((await SessionAsync(server, machine)).Place);
        }

        await using RunningServer keyless = await RunningServer.StartAsync(database, clock);
        SessionReply session = await SessionAsync(keyless, machine);
        Assert.Equal((null, "broad"), (session.Place, session.Ring));
    }

    private static async Task MoveAsync(HttpClient @operator, Machine machine, string ring)
    {
        using HttpResponseMessage answer = await @operator.PostAsJsonAsync($"/api/v1/devices/{machine.Device}/ring", new { ring }, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static async Task<EnrolReply> JoinAsync(RunningServer server, Machine machine, string? site = null)
    {
        NewJoinToken token = await server.Get<JoinTokens>().MakeAsync(new JoinTokenWish("early", site), "someone", TestContext.Current.CancellationToken);
        return await AskAsync(server, "enrol", machine.Enrol(token.Secret), FleetJson.Wire.EnrolRequest, FleetJson.Wire.EnrolReply);
    }

    private static Task<SessionReply> SessionAsync(RunningServer server, Machine machine) =>
        AskAsync(server, "session", machine.Session(server.Clock.GetUtcNow().ToUnixTimeMilliseconds()), FleetJson.Wire.SessionRequest, FleetJson.Wire.SessionReply);

    private static async Task<TReply> AskAsync<TRequest, TReply>(
        RunningServer server, string what, TRequest request, System.Text.Json.Serialization.Metadata.JsonTypeInfo<TRequest> requestType, System.Text.Json.Serialization.Metadata.JsonTypeInfo<TReply> replyType)
    {
        using HttpResponseMessage answer = await server.Http.PostAsync(
            $"/api/v1/device/{what}", new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(request, requestType)), TestContext.Current.CancellationToken);
        string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonSerializer.Deserialize(text, replyType)!;
    }
}
