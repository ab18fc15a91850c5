using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Ringwall.Rollouts;
using Ringwall.Wire.Fleet;

namespace Ringwall.Simulator;

/// <summary>The server as devices see it. All simulated devices share its connections; what they send is each one's own.</summary>
internal sealed class FleetDoor : IDisposable
{
    private readonly HttpClient _http;

    public FleetDoor(Uri server)
    {
        _http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 64, PooledConnectionLifetime = TimeSpan.FromMinutes(5), AllowAutoRedirect = false })
        {
            BaseAddress = server,
            Timeout = TimeSpan.FromSeconds(30),
        };
    }

    public Task<EnrolReply> EnrolAsync(EnrolRequest request, CancellationToken stop) =>
        PostAsync("api/v1/device/enrol", request, FleetJson.Wire.EnrolRequest, FleetJson.Wire.EnrolReply, null, stop);

    public Task<SessionReply> BeginSessionAsync(SessionRequest request, CancellationToken stop) =>
        PostAsync("api/v1/device/session", request, FleetJson.Wire.SessionRequest, FleetJson.Wire.SessionReply, null, stop);

    public Task<ReportReply> ReportAsync(ReportBatch batch, string session, CancellationToken stop) =>
        PostAsync("api/v1/device/reports", batch, FleetJson.Wire.ReportBatch, FleetJson.Wire.ReportReply, session, stop);

    /// <summary>A file as a device fetches it: with the tag of what is there already, and never more than it may be long.</summary>
    /// <returns>Null when there is none.</returns>
    public async Task<FetchedFile?> FetchAsync(string path, long most, FetchedFile? had, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (had?.Tag is { } tag)
        {
            request.Headers.IfNoneMatch.Add(tag);
        }

        using HttpResponseMessage answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
        if (answer.StatusCode == HttpStatusCode.NotModified)
        {
            return had;
        }

        if (answer.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        answer.EnsureSuccessStatusCode();
        await using Stream body = await answer.Content.ReadAsStreamAsync(stop);
        using var content = new MemoryStream();
        byte[] buffer = new byte[81_920];
        int read;
        while (content.Length <= most && (read = await body.ReadAsync(buffer, stop)) > 0)
        {
            content.Write(buffer, 0, read);
        }

        return new FetchedFile(content.ToArray(), answer.Headers.ETag);
    }

    /// <summary>A join token for a ring, made with an operator's API token.</summary>
    /// <exception cref="FleetException">The token is no operator's.</exception>
    public async Task<string> MakeJoinTokenAsync(string operatorToken, Ring ring, int uses, CancellationToken stop)
    {
        JsonObject wish = new() { ["ring"] = ring.ToString().ToLowerInvariant(), ["uses"] = uses, ["hours"] = 24 };
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/v1/join-tokens") { Content = new StringContent(wish.ToJsonString(), Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", operatorToken);
        using HttpResponseMessage answer = await _http.SendAsync(request, stop);
        string text = await answer.Content.ReadAsStringAsync(stop);
        return answer.IsSuccessStatusCode && JsonNode.Parse(text)?["secret"]?.GetValue<string>() is { } secret
            ? secret
            : throw new FleetException($"the server made no join token ({(int)answer.StatusCode} {Problem(text)}): give --token an operator's API token");
    }

    /// <summary>Takes a device out of the fleet, with an operator's API token.</summary>
    public async Task RetireAsync(string operatorToken, string device, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, $"api/v1/devices/{device}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", operatorToken);
        using HttpResponseMessage answer = await _http.SendAsync(request, stop);
        answer.EnsureSuccessStatusCode();
    }

    public void Dispose() => _http.Dispose();

    private async Task<TReply> PostAsync<TRequest, TReply>(
        string path, TRequest body, JsonTypeInfo<TRequest> requestType, JsonTypeInfo<TReply> replyType, string? session, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, requestType)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Authorization = session is null ? null : new AuthenticationHeaderValue("Bearer", session);
        using HttpResponseMessage answer = await _http.SendAsync(request, stop);
        byte[] content = await answer.Content.ReadAsByteArrayAsync(stop);
        if (!answer.IsSuccessStatusCode)
        {
            throw new DeviceRefusedException(Problem(Encoding.UTF8.GetString(content)), (int)answer.StatusCode, answer.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(2));
        }

        return JsonSerializer.Deserialize(content, replyType)!;
    }

    private static string Problem(string text)
    {
        try
        {
            return JsonNode.Parse(text)?["type"]?.GetValue<string>() ?? "";
        }
        catch (JsonException)
        {
            return "";
        }
    }
}
