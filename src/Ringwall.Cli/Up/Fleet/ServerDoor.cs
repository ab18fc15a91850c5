using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Ringwall.Wire;

namespace Ringwall.Cli.Up;

/// <summary>How the demonstration gets in: by a one-time link, as a person would, and then with API tokens of its own.</summary>
internal sealed class ServerDoor(Uri server) : IDisposable
{
    private readonly HttpClient _http = new(new HttpClientHandler { CookieContainer = new CookieContainer(), AllowAutoRedirect = false }) { BaseAddress = server, Timeout = TimeSpan.FromSeconds(60) };

    /// <summary>Signs in by a link and makes an API token.</summary>
    /// <param name="link">Its path, or its whole address.</param>
    /// <param name="stop">Ends it.</param>
    public async Task<string> TokenByLinkAsync(string link, CancellationToken stop)
    {
        string secret = link[(link.LastIndexOf('/') + 1)..].Trim();
        using (await SendAsync(HttpMethod.Post, "api/v1/sign-in/link", $$"""{"token":"{{secret}}"}""", null, null, stop).ConfigureAwait(false))
        {
        }

        using JsonDocument me = await SendAsync(HttpMethod.Get, "api/v1/me", null, null, null, stop).ConfigureAwait(false);
        string word = me.RootElement.GetProperty("antiforgery").GetString()!;
        using JsonDocument made = await SendAsync(HttpMethod.Post, "api/v1/me/tokens", """{"name":"ringwall up","days":90}""", null, word, stop).ConfigureAwait(false);
        string token = made.RootElement.GetProperty("token").GetString()!;
        using (await SendAsync(HttpMethod.Post, "api/v1/sign-out", "{}", null, word, stop).ConfigureAwait(false))
        {
        }

        return token;
    }

    /// <exception cref="CommandException">The server refuses.</exception>
    public async Task<JsonDocument> SendAsync(HttpMethod method, string path, string? body, string? token, string? antiforgery, CancellationToken stop)
    {
        using HttpRequestMessage request = new(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        if (antiforgery is not null)
        {
            request.Headers.Add("X-Antiforgery", antiforgery);
        }

        try
        {
            using HttpResponseMessage answer = await _http.SendAsync(request, stop).ConfigureAwait(false);
            string text = await answer.Content.ReadAsStringAsync(stop).ConfigureAwait(false);
            return answer.IsSuccessStatusCode
                ? JsonDocument.Parse(text.Length == 0 ? "{}" : text)
                : throw new CommandException(ExitCode.NotDone, path, $"the server answers {(int)answer.StatusCode}: {text}", "");
        }
        catch (HttpRequestException away)
        {
            throw new CommandException(ExitCode.NoServer, $"{server}", away.Message.TrimEnd('.'), "");
        }
    }

    public void Dispose() => _http.Dispose();
}
