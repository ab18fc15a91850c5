using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Ringwall.Server.Access;
using Ringwall.Server.Access.Doors;
using Ringwall.Server.Enrolment;
using Ringwall.Server.Health;
using Ringwall.Server.Running;
using Ringwall.Server.Storage;
using Ringwall.Server.Tests.Grounds;
using Ringwall.Server.Tests.Releases;

namespace Ringwall.Server.Tests.Running;

/// <summary>The server with a certificate of an authority that only those trust who were told to.</summary>
public sealed class HttpsTests(SqliteGround ground) : IClassFixture<SqliteGround>, IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private readonly Authority _authority = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ringwall-https-");
    private WebApplication _server = null!;

    private Uri Address => new(_server.Urls.First());

    public async ValueTask InitializeAsync()
    {
        ServerOptions options = SigningParty.With(new ServerOptions
        {
            State = Path.Combine(_folder.FullName, "server"), Database = await ground.NewDatabaseAsync(), Urls = ["https://127.0.0.1:0"], Pace = TimeSpan.FromMilliseconds(200),
            Certificate = _authority.Certificate, CertificateKey = _authority.CertificateKey,
        });
        _server = ServerApplication.Build(options);
        await _server.StartAsync(Migration.Embedded(), CancellationToken.None);
    }

    [Fact]
    public async Task Over_https_a_session_belongs_to_this_host_alone_and_browsers_are_told_to_stay_with_https()
    {
        string account = await Get<Accounts>().CreateAsync("server", "olga", [Role.Operator], null, CancellationToken.None);
        CookieContainer cookies = new();
        using HttpClient browser = _authority.NewClient(Address, cookies);
        using HttpResponseMessage answer = await browser.GetAsync(await Get<LinkDoor>().NewAsync("server", account, CancellationToken.None));
        string cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"));
        Assert.StartsWith("__Host-ringwall=", cookie, StringComparison.Ordinal);
        foreach (string attribute in (string[])["secure", "httponly", "path=/", "samesite=lax"])
        {
            Assert.Contains($"; {attribute}", cookie, StringComparison.OrdinalIgnoreCase);
        }

        Assert.DoesNotContain("domain=", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("max-age=31536000", answer.Headers.GetValues("Strict-Transport-Security").Single(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/me")).StatusCode);

        // The control: who was not told of the authority does not even ask.
        using HttpClient stranger = new() { BaseAddress = Address };
        Assert.IsType<AuthenticationException>((await Assert.ThrowsAsync<HttpRequestException>(() => stranger.GetAsync("/health/live"))).InnerException);
    }

    [Fact]
    public async Task An_agent_that_trusts_the_authority_enrols_and_reports_and_one_that_does_not_sends_nothing()
    {
        string account = await Get<Accounts>().CreateAsync("server", "olga", [Role.Operator], null, CancellationToken.None);
        using HttpClient @operator = _authority.NewClient(Address);
        @operator.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await Get<Credentials>().NewTokenAsync(account, "test", TimeSpan.FromDays(1), CancellationToken.None)).Token);
        await new SigningParty().OpenAsync(@operator, DateTimeOffset.UtcNow, "acme");
        NewJoinToken token = await Get<JoinTokens>().MakeAsync(new JoinTokenWish("canary", null, 1, 1), account, CancellationToken.None);
        string[] places = ["--state-dir", Path.Combine(_folder.FullName, "agent"), "--run-dir", Path.Combine(_folder.FullName, "run"), "--as-root"];
        using QuietHost host = new(Path.Combine(_folder.FullName, "run"));

        (int refused, string why) = await EnrolAsync(places, token.Secret, trusted: null);
        Assert.True(refused == Wire.ExitCode.NotDone && why.Contains("certificate", StringComparison.OrdinalIgnoreCase), $"{refused}: {why}");
        (int enrolled, string said) = await EnrolAsync(places, token.Secret, _authority.Trusted);
        Assert.True(enrolled == Wire.ExitCode.Done, said);

        using Process agent = Process.Start(Agent(places, _authority.Trusted))!;
        try
        {
            FleetView fleet = Get<FleetView>();
            for (Stopwatch since = Stopwatch.StartNew(); fleet.Glance(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()).Sum(cell => cell.Online) != 1;)
            {
                Assert.True(since.Elapsed < Patience && !agent.HasExited, "the agent's report never came");
                await Task.Delay(50);
            }
        }
        finally
        {
            if (!agent.HasExited)
            {
                agent.Kill();
            }

            await agent.WaitForExitAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync();
        await _server.DisposeAsync();
        _authority.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task<(int Exit, string Said)> EnrolAsync(string[] places, string token, string? trusted)
    {
        string file = Path.Combine(_folder.FullName, "token");
        await File.WriteAllTextAsync(file, token);
        using Process agent = Process.Start(Agent([.. places, "--enrol", "--server", Address.ToString(), "--token-file", file], trusted))!;
        Task<string> said = agent.StandardError.ReadToEndAsync();
        await agent.WaitForExitAsync().WaitAsync(Patience);
        return (agent.ExitCode, await said);
    }

    // Which authorities a program trusts is the system's business; OpenSSL's variable (openssl-env(7)) is the way to say it for one process.
    private static ProcessStartInfo Agent(string[] arguments, string? trusted)
    {
        ProcessStartInfo start = new("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "ringwall-agent.dll"), .. arguments]) { RedirectStandardError = true };
        if (trusted is not null)
        {
            start.Environment["SSL_CERT_FILE"] = trusted;
        }

        return start;
    }

    private T Get<T>()
        where T : notnull => _server.Services.GetRequiredService<T>();
}
