using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Ringwall.Server.Running;

/// <summary>Reads what a device sends: bounded, and refused whole when it is not of the form.</summary>
internal static class JsonBody
{
    /// <exception cref="RequestRefused">It is longer than <paramref name="most"/> bytes, or no such JSON.</exception>
    public static async ValueTask<T> ReadAsync<T>(HttpRequest request, JsonTypeInfo<T> type, int most, CancellationToken stop)
        where T : class => (await ReadMeasuredAsync(request, type, most, stop).ConfigureAwait(false)).Value;

    /// <returns>What was sent, and how many bytes it had.</returns>
    /// <exception cref="RequestRefused">It is longer than <paramref name="most"/> bytes, or no such JSON.</exception>
    public static async ValueTask<(T Value, int Bytes)> ReadMeasuredAsync<T>(HttpRequest request, JsonTypeInfo<T> type, int most, CancellationToken stop)
        where T : class
    {
        if (request.ContentLength > most)
        {
            throw TooLong(most);
        }

        PipeReader body = request.BodyReader;
        while (true)
        {
            ReadResult read = await body.ReadAsync(stop).ConfigureAwait(false);
            if (read.Buffer.Length > most)
            {
                body.AdvanceTo(read.Buffer.End);
                throw TooLong(most);
            }

            if (read.IsCompleted)
            {
                try
                {
                    return (Parse(read.Buffer, type), (int)read.Buffer.Length);
                }
                finally
                {
                    body.AdvanceTo(read.Buffer.End);
                }
            }

            body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static T Parse<T>(ReadOnlySequence<byte> bytes, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            Utf8JsonReader reader = new(bytes);
            T? value = JsonSerializer.Deserialize(ref reader, type);

            // Throws when anything but blanks follows.
            reader.Read();
            return value ?? throw new RequestRefused(ProblemType.BadRequest, "the body is null");
        }
        catch (JsonException wrong)
        {
            throw new RequestRefused(ProblemType.BadRequest, wrong.Message);
        }
    }

    private static RequestRefused TooLong(int most) => new(ProblemType.TooLarge, $"the body has more than {most} bytes");
}
