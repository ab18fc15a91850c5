using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Ringwall.Server.Access;

/// <summary>Random words that open something, and what is kept of them. 256 bits: no slow digest is needed, nobody guesses them.</summary>
internal static class Secret
{
    public static string New(string prefix = "") => prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    /// <summary>What the database keeps: it finds the row by it, so that no comparison takes longer for a better guess.</summary>
    public static string Digest(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}
