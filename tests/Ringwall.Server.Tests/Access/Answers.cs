using System.Net;
using System.Text.Json;

namespace Ringwall.Server.Tests.Access;

internal static class Answers
{
    /// <summary>That an answer is a problem of this type, with the status that goes with it.</summary>
    public static async Task IsProblemAsync(this HttpResponseMessage answer, HttpStatusCode status, string type)
    {
        string text = await answer.Content.ReadAsStringAsync();
        Assert.True(status == answer.StatusCode, $"{answer.StatusCode}: {text}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(type, JsonDocument.Parse(text).RootElement.GetProperty("type").GetString());
    }

    public static async Task IsDoneAsync(this HttpResponseMessage answer) =>
        Assert.True(answer.IsSuccessStatusCode, $"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");

    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage answer)
    {
        await answer.IsDoneAsync();
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
    }
}
