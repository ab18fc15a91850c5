using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Ringwall.Agent.Fetching;
using Ringwall.Wire.Fleet;

namespace Ringwall.Agent.Talking;

/// <summary>The device's part of the server's interface. Answers are bounded, and what is no answer is an <see cref="AgentException"/>.</summary>
internal sealed class ServerTalk(HttpClient http, Uri server)
{
    // The two roots of an enrolment, in base64.
    private const int LongestAnswer = 2 * 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public Task<EnrolReply> EnrolAsync(EnrolRequest request, CancellationToken stop) =>
        PostAsync("enrol", request, FleetJson.Wire.EnrolRequest, FleetJson.Wire.EnrolReply, null, stop);

    public Task<SessionReply> SessionAsync(SessionRequest request, CancellationToken stop) =>
        PostAsync("session", request, FleetJson.Wire.SessionRequest, FleetJson.Wire.SessionReply, null, stop);

    public Task<ReportReply> ReportAsync(ReportBatch batch, string token, CancellationToken stop) =>
        PostAsync("reports", batch, FleetJson.Wire.ReportBatch, FleetJson.Wire.ReportReply, token, stop);

    private async Task<TReply> PostAsync<TRequest, TReply>(
        string what, TRequest request, JsonTypeInfo<TRequest> requestType, JsonTypeInfo<TReply> replyType, string? token, CancellationToken stop)
    {
        Uri address = new(server, $"api/v1/device/{what}");
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(Patience);
        try
        {
            using HttpRequestMessage message = new(HttpMethod.Post, address) { Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(request, requestType)) };
            message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            if (token is not null)
            {
                message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            }

            using HttpResponseMessage response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
            byte[] body = await ReadAsync(response, limit.Token).ConfigureAwait(false);
            return response.IsSuccessStatusCode
                ? JsonSerializer.Deserialize(body, replyType) ?? throw new JsonException("it is null")
                : throw Refused(address, response, body);
        }
        catch (Exception failed) when (Network.IsFailure(failed, stop) || failed is JsonException)
        {
            throw new AgentException($"{address}: {Network.Words(failed)}", failed);
        }
    }

    private static async Task<byte[]> ReadAsync(HttpResponseMessage response, CancellationToken stop)
    {
        using Stream from = await response.Content.ReadAsStreamAsync(stop).ConfigureAwait(false);
        using MemoryStream to = new();
        byte[] piece = new byte[16 * 1024];
        for (int count; (count = await from.ReadAsync(piece, stop).ConfigureAwait(false)) > 0;)
        {
            if (to.Length + count > LongestAnswer)
            {
                throw new IOException($"the answer is longer than {LongestAnswer} bytes");
            }

            to.Write(piece, 0, count);
        }

        return to.ToArray();
    }

    // RFC 9457; whatever else is said is shown as a status.
    private static ServerRefusedException Refused(Uri address, HttpResponseMessage response, byte[] body)
    {
        string type = "", title = $"{(int)response.StatusCode} {response.StatusCode}";
        long? serverTime = null;
        try
        {
            using JsonDocument problem = JsonDocument.Parse(body);
            if (problem.RootElement.ValueKind == JsonValueKind.Object)
            {
                type = Text(problem.RootElement, "type") ?? "";
                title = Text(problem.RootElement, "detail") ?? Text(problem.RootElement, "title") ?? title;
                serverTime = problem.RootElement.TryGetProperty("serverTime", out JsonElement time) && time.TryGetInt64(out long at) ? at : null;
            }
        }
        catch (Exception none) when (none is JsonException or InvalidOperationException)
        {
            // A proxy's page, perhaps.
        }

        return new ServerRefusedException(response.StatusCode, type, $"{address}: {Network.Printable(title)}")
        {
            ServerTime = serverTime,
            RetryAfter = response.Headers.RetryAfter?.Delta ?? (response.StatusCode == HttpStatusCode.TooManyRequests ? TimeSpan.FromSeconds(30) : TimeSpan.Zero),
        };
    }

    private static string? Text(JsonElement from, string name) => from.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
