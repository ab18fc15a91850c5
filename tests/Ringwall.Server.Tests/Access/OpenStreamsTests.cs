using System.Net;
using Ringwall.Server.Access;
using Ringwall.Server.Rollouts;
using Ringwall.Server.Tests.Grounds;
using Ringwall.Wire.Api;

namespace Ringwall.Server.Tests.Access;

public sealed class OpenStreamsTests(SqliteGround ground) : IClassFixture<SqliteGround>
{
    [Theory]
    [InlineData("/events")]
    [InlineData("/api/v1/events")]
    public async Task A_stream_ends_after_a_while_and_who_was_signed_out_gets_no_other(string path)
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        await using RunningServer server = await RunningServer.StartAsync(await ground.NewDatabaseAsync());
        using HttpClient @operator = await server.ClientAsync([Role.Operator]);
        using HttpClient person = await server.ClientAsync([Role.Auditor]);
        Task<HttpResponseMessage> asked = person.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, stop);
        while (!asked.IsCompleted)
        {
            // One of the two says nothing before there is something to say.
            server.Get<ChangeFeed>().Tell(new FleetChange("rollout", "x"));
            await Task.WhenAny(asked, Task.Delay(20, stop));
        }

        using HttpResponseMessage answer = await asked;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await using Stream stream = await answer.Content.ReadAsStreamAsync(stop);
        await server.Get<Accounts>().DeleteAsync("server", (await server.Get<Accounts>().AllAsync(stop)).Single(account => account.RoleList.Contains(Role.Auditor)).Id, stop);
        server.Clock.Advance(OpenStreams.Longest);
        byte[] bytes = new byte[4096];
        using CancellationTokenSource deadline = new(TimeSpan.FromSeconds(30));
        while (await stream.ReadAsync(bytes, deadline.Token) > 0)
        {
        }

        using HttpResponseMessage again = await person.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, stop);
        Assert.Equal(HttpStatusCode.Unauthorized, again.StatusCode);
    }

    [Fact]
    public async Task A_person_has_so_many_streams_and_another_has_others()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        await using RunningServer server = await RunningServer.StartAsync(await ground.NewDatabaseAsync());
        using HttpClient person = await server.ClientAsync([Role.Auditor]);
        using HttpClient other = await server.ClientAsync([Role.Auditor]);
        List<HttpResponseMessage> open = [];
        for (int i = 0; i < OpenStreams.Most; i++)
        {
            open.Add(await person.GetAsync("/events", HttpCompletionOption.ResponseHeadersRead, stop));
        }

        Assert.All(open, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        await (await person.GetAsync("/api/v1/events", HttpCompletionOption.ResponseHeadersRead, stop)).IsProblemAsync(HttpStatusCode.TooManyRequests, "ringwall:too-many");
        open.Add(await other.GetAsync("/events", HttpCompletionOption.ResponseHeadersRead, stop));
        Assert.Equal(HttpStatusCode.OK, open[^1].StatusCode);

        // One that was closed makes room.
        open[0].Dispose();
        System.Diagnostics.Stopwatch deadline = System.Diagnostics.Stopwatch.StartNew();
        HttpResponseMessage next = await person.GetAsync("/events", HttpCompletionOption.ResponseHeadersRead, stop);
        while (next.StatusCode != HttpStatusCode.OK)
        {
            Assert.True(deadline.Elapsed < TimeSpan.FromSeconds(30), "a closed stream still counts");
            next.Dispose();
            next = await person.GetAsync("/events", HttpCompletionOption.ResponseHeadersRead, stop);
        }

        next.Dispose();
        open.ForEach(answer => answer.Dispose());
    }
}
