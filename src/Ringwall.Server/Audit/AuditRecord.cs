using System.Buffers;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Ringwall.Server.Audit;

/// <summary>One thing that somebody changed.</summary>
/// <param name="Number">From 1, without gaps.</param>
/// <param name="At">Unix milliseconds.</param>
/// <param name="Who">An account's id, "device:ID" or "server".</param>
/// <param name="What">What happened, as a word of the domain: "release.published".</param>
/// <param name="About">What it happened to: a release's path, a device's id, a rollout's id.</param>
/// <param name="Detail">A JSON object, canonical: properties in order, no spaces.</param>
/// <param name="Hash">64 lower-case hex digits.</param>
public sealed record AuditRecord(long Number, long At, string Who, string What, string About, string Detail, string Hash)
{
    /// <summary>What the first record follows.</summary>
    public const string Beginning = "0000000000000000000000000000000000000000000000000000000000000000";

    private static readonly JsonWriterOptions Canonical = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = false };

    /// <summary>SHA-256 over the 32 bytes of the hash before and the UTF-8 of this record's canonical JSON, which has all but the hash.</summary>
    public string HashAfter(string previous)
    {
        ArrayBufferWriter<byte> bytes = new();
        bytes.Write(Convert.FromHexString(previous));
        using (Utf8JsonWriter json = new(bytes, Canonical))
        {
            json.WriteStartObject();
            json.WriteString("about", About);
            json.WriteNumber("at", At);
            json.WritePropertyName("detail");
            json.WriteRawValue(Detail);
            json.WriteNumber("number", Number);
            json.WriteString("what", What);
            json.WriteString("who", Who);
            json.WriteEndObject();
        }

        return Convert.ToHexStringLower(SHA256.HashData(bytes.WrittenSpan));
    }
}
