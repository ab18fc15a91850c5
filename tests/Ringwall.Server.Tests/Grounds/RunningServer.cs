using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Ringwall.Server.Access;
using Ringwall.Server.Running;
using Ringwall.Server.Storage;

namespace Ringwall.Server.Tests.Grounds;

/// <summary>One replica, whole, on a port of its own on the loopback interface, with a clock that the test moves.</summary>
public sealed class RunningServer : IAsyncDisposable
{
    private readonly DirectoryInfo _state;

    private RunningServer(WebApplication app, DirectoryInfo state, ManualClock clock)
    {
        App = app;
        _state = state;
        Clock = clock;
        Http = NewClient();
    }

    public WebApplication App { get; }

    public ManualClock Clock { get; }

    /// <summary>Nobody.</summary>
    public HttpClient Http { get; }

    public Uri Address => new(App.Urls.First());

    public static async Task<RunningServer> StartAsync(string database, ManualClock? clock = null, Func<ServerOptions, ServerOptions>? with = null)
    {
        clock ??= new ManualClock();
        DirectoryInfo state = Directory.CreateTempSubdirectory("ringwall-server-");
        ServerOptions options = new() { State = state.FullName, Database = database, Urls = ["http://127.0.0.1:0"] };
        WebApplication app = ServerApplication.Build(with?.Invoke(options) ?? options, clock);
        await app.StartAsync(Migration.Embedded(), CancellationToken.None);
        return new RunningServer(app, state, clock);
    }

    public T Get<T>()
        where T : notnull => App.Services.GetRequiredService<T>();

    /// <summary>Follows no redirect and keeps no cookie.</summary>
    public HttpClient NewClient() => new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = Address };

    /// <summary>A person with these roles, by API token. For <see cref="Role.Vendor"/> say whose.</summary>
    public async Task<HttpClient> ClientAsync(string[] roles, string? vendor = null)
    {
        string account = await Get<Accounts>().CreateAsync("server", $"p{Guid.NewGuid():N}", roles, vendor, CancellationToken.None);
        (_, string token) = await Get<Credentials>().NewTokenAsync(account, "test", TimeSpan.FromDays(1), CancellationToken.None);
        HttpClient client = NewClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await App.StopAsync();
        await App.DisposeAsync();
        _state.Delete(recursive: true);
    }
}
