using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Ringwall.Dashboard.Tests.Stage;

/// <summary>Somebody who signed in by a link and speaks to the API, as a page's script would.</summary>
internal sealed class Client : IDisposable
{
    private readonly CookieContainer _cookies = new();
    private readonly HttpClient _http;

    private Client(Uri server)
    {
        Server = server;
        _http = new HttpClient(new SocketsHttpHandler { CookieContainer = _cookies, AllowAutoRedirect = false }) { BaseAddress = server };
    }

    public Uri Server { get; }

    public HttpClient Http => _http;

    public IEnumerable<Cookie> Cookies => _cookies.GetAllCookies();

    public static async Task<Client> SignedInAsync(Uri server, string link)
    {
        Client client = new(server);
        (await client._http.GetAsync(link)).Dispose();
        JsonElement me = await client._http.GetFromJsonAsync<JsonElement>("/api/v1/me");
        client._http.DefaultRequestHeaders.Add("X-Antiforgery", me.GetProperty("antiforgery").GetString());
        return client;
    }

    public async Task<JsonElement> PostAsync(string path, object body)
    {
        using HttpResponseMessage answer = await _http.PostAsJsonAsync(path, body);
        string text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {(int)answer.StatusCode} {text}");
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
    }

    public async Task<JsonElement> GetAsync(string path) => await _http.GetFromJsonAsync<JsonElement>(path);

    public async Task SendAsync(string path, byte[] file)
    {
        using HttpResponseMessage answer = await _http.PostAsync(path, new ByteArrayContent(file));
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
    }

    /// <summary>Makes an account.</summary>
    /// <returns>The path of its first sign-in link.</returns>
    public async Task<string> InviteAsync(string name, string[] roles, string? vendor = null) =>
        (await PostAsync("/api/v1/accounts", new { name, roles, vendor })).GetProperty("link").GetString()!;

    public void Dispose() => _http.Dispose();
}
