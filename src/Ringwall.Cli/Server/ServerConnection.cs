using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Ringwall.Wire;

namespace Ringwall.Cli.Server;

/// <summary>A conversation with the fleet's server, as the person whose API token it has. What the server refuses becomes words and an exit code.</summary>
internal sealed class ServerConnection : IDisposable
{
    private const int LongestAnswer = 64 * 1024 * 1024;

    private readonly HttpClient _http;

    public ServerConnection(Uri server, string token)
    {
        // A package of a gigabyte takes its time; whoever waits too long ends it.
        _http = new HttpClient { BaseAddress = server, Timeout = TimeSpan.FromMinutes(30), MaxResponseContentBufferSize = LongestAnswer };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("ringwall");
    }

    public async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken stop) =>
        await ReadAsync(await SendAsync(new HttpRequestMessage(HttpMethod.Get, path), stop).ConfigureAwait(false), type, stop).ConfigureAwait(false);

    /// <summary>Null when there is no such thing.</summary>
    public async Task<byte[]?> TryGetBytesAsync(string path, CancellationToken stop)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, path);
        using HttpResponseMessage answer = await RawAsync(request, stop).ConfigureAwait(false);
        if (answer.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        await RequireAsync(answer, path, stop).ConfigureAwait(false);
        return await answer.Content.ReadAsByteArrayAsync(stop).ConfigureAwait(false);
    }

    public Task<TOut> PostAsync<TIn, TOut>(string path, TIn body, JsonTypeInfo<TIn> bodyType, JsonTypeInfo<TOut> type, CancellationToken stop) =>
        PostAsync(path, JsonContent.Create(body, bodyType), type, stop);

    public Task<T> PostAsync<T>(string path, byte[] body, JsonTypeInfo<T> type, CancellationToken stop)
    {
        ByteArrayContent content = new(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return PostAsync(path, content, type, stop);
    }

    public Task<T> PostAsync<T>(string path, Stream body, JsonTypeInfo<T> type, CancellationToken stop)
    {
        StreamContent content = new(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        return PostAsync(path, content, type, stop);
    }

    public void Dispose() => _http.Dispose();

    private async Task<T> PostAsync<T>(string path, HttpContent content, JsonTypeInfo<T> type, CancellationToken stop) =>
        await ReadAsync(await SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = content }, stop).ConfigureAwait(false), type, stop).ConfigureAwait(false);

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken stop)
    {
        using (request)
        {
            HttpResponseMessage answer = await RawAsync(request, stop).ConfigureAwait(false);
            try
            {
                await RequireAsync(answer, request.RequestUri!.ToString(), stop).ConfigureAwait(false);
                return answer;
            }
            catch
            {
                answer.Dispose();
                throw;
            }
        }
    }

    private async Task<HttpResponseMessage> RawAsync(HttpRequestMessage request, CancellationToken stop)
    {
        try
        {
            return await _http.SendAsync(request, stop).ConfigureAwait(false);
        }
        catch (HttpRequestException away)
        {
            throw new CommandException(ExitCode.NoServer, _http.BaseAddress!.ToString(), away.Message.TrimEnd('.'), "see --server");
        }
        catch (TaskCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new CommandException(ExitCode.NoServer, _http.BaseAddress!.ToString(), "it does not answer in time", "try again");
        }
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage answer, JsonTypeInfo<T> type, CancellationToken stop)
    {
        using (answer)
        {
            try
            {
                return (await answer.Content.ReadFromJsonAsync(type, stop).ConfigureAwait(false))!;
            }
            catch (JsonException unreadable)
            {
                throw new CommandException(ExitCode.NotDone, answer.RequestMessage!.RequestUri!.ToString(), $"the answer is not what it should be: {unreadable.Message.TrimEnd('.')}", "is it a server of this version?");
            }
        }
    }

    // RFC 9457. The type is for programs; a person is told title and detail.
    private static async Task RequireAsync(HttpResponseMessage answer, string path, CancellationToken stop)
    {
        if (answer.IsSuccessStatusCode)
        {
            return;
        }

        string reason = $"the server answers {(int)answer.StatusCode}";
        if (answer.Content.Headers.ContentType?.MediaType == "application/problem+json")
        {
            byte[] bytes = await answer.Content.ReadAsByteArrayAsync(stop).ConfigureAwait(false);
            reason = Problem(bytes) ?? reason;
        }

        throw answer.StatusCode switch
        {
            HttpStatusCode.Unauthorized => new CommandException(ExitCode.NeedsRight, path, reason, "is the token right, and still valid? see --token-file"),
            HttpStatusCode.Forbidden => new CommandException(ExitCode.NeedsRight, path, reason, "ask an operator"),
            _ => new CommandException(ExitCode.NotDone, path, reason, ""),
        };
    }

    private static string? Problem(byte[] bytes)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes);
            string? title = document.RootElement.TryGetProperty("title", out JsonElement one) ? one.GetString() : null;
            string? detail = document.RootElement.TryGetProperty("detail", out JsonElement other) ? other.GetString() : null;
            return string.IsNullOrEmpty(detail) ? title : $"{title}: {detail}";
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
