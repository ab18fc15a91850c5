using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Ringwall.Server.Running;

/// <summary>Reads what a device sends: bounded, and refused whole when it is not of the form.</summary>
internal static class JsonBody
{
    /// <exception cref="RequestRefused">It is longer than <paramref name="most"/> bytes, or no such JSON.</exception>
    public static async Task<T> ReadAsync<T>(HttpRequest request, JsonTypeInfo<T> type, int most, CancellationToken stop)
        where T : class
    {
        byte[] bytes = await BytesAsync(request, most, stop).ConfigureAwait(false);
        try
        {
            return JsonSerializer.Deserialize(bytes, type) ?? throw new RequestRefused(ProblemType.BadRequest, "the body is null");
        }
        catch (JsonException wrong)
        {
            throw new RequestRefused(ProblemType.BadRequest, wrong.Message);
        }
    }

    private static async Task<byte[]> BytesAsync(HttpRequest request, int most, CancellationToken stop)
    {
        byte[] buffer = new byte[Math.Min(most, request.ContentLength is > 0 and { } length ? length : 4096)];
        int filled = 0;
        while (true)
        {
            if (filled == buffer.Length)
            {
                // Whether that was all shows when one byte more is asked for.
                byte[] one = new byte[1];
                if (await request.Body.ReadAsync(one, stop).ConfigureAwait(false) == 0)
                {
                    return buffer;
                }

                if (filled >= most)
                {
                    throw new RequestRefused(ProblemType.TooLarge, $"the body has more than {most} bytes");
                }

                Array.Resize(ref buffer, Math.Min(most, buffer.Length * 2));
                buffer[filled++] = one[0];
                continue;
            }

            int read = await request.Body.ReadAsync(buffer.AsMemory(filled), stop).ConfigureAwait(false);
            if (read == 0)
            {
                return buffer[..filled];
            }

            filled += read;
        }
    }
}
