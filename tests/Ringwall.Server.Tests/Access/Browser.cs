using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Ringwall.Server.Access;
using Ringwall.Server.Access.Doors;
using Ringwall.Server.Tests.Grounds;

namespace Ringwall.Server.Tests.Access;

/// <summary>What a browser does: keeps the cookie, and sends with each change the word that the page has.</summary>
internal sealed class Browser : IDisposable
{
    private readonly HttpClient _client;
    private readonly CookieContainer _cookies = new();
    private readonly Uri _address;

    public Browser(RunningServer server)
    {
        _address = server.Address;
        _client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = _cookies }) { BaseAddress = server.Address };
    }

    /// <summary>What a thief would copy.</summary>
    public string Cookie => _cookies.GetCookieHeader(_address);

    public HttpClient Http => _client;

    public string Antiforgery { get; private set; } = "";

    public static async Task<Browser> SignedInAsync(RunningServer server, string name, params string[] roles)
    {
        string id = (await server.Get<Accounts>().ByNameAsync(name, CancellationToken.None))?.Id
            ?? await server.Get<Accounts>().CreateAsync("server", name, roles, null, CancellationToken.None);
        Browser browser = new(server);
        (await browser.GetAsync(await server.Get<LinkDoor>().NewAsync("server", id, CancellationToken.None))).Dispose();
        await browser.LearnAsync();
        return browser;
    }

    /// <summary>Reads who one is, as a page does when it is loaded.</summary>
    public async Task<JsonElement> LearnAsync()
    {
        JsonElement me = await _client.GetFromJsonAsync<JsonElement>("/api/v1/me");
        Antiforgery = me.GetProperty("antiforgery").GetString()!;
        return me;
    }

    public Task<HttpResponseMessage> GetAsync(string path) => _client.GetAsync(path);

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object? body = null, string? antiforgery = null, string? origin = null)
    {
        using HttpRequestMessage request = new(method, path);
        request.Content = body is null ? null : JsonContent.Create(body);
        request.Headers.TryAddWithoutValidation(CrossSite.Header, antiforgery ?? Antiforgery);
        if (origin is not null)
        {
            request.Headers.TryAddWithoutValidation("Origin", origin);
        }

        return await _client.SendAsync(request);
    }

    public Task<HttpResponseMessage> PostAsync(string path, object body) => SendAsync(HttpMethod.Post, path, body);

    public void Dispose() => _client.Dispose();
}
