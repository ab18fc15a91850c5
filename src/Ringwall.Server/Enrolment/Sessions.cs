using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using Dapper;
using Ringwall.Server.Storage;

namespace Ringwall.Server.Enrolment;

/// <summary>
/// Makes and reads session tokens: device, number, end, and their HMAC-SHA-256 (RFC 2104) with the fleet's secret. No replica stores one, any replica understands it.
/// </summary>
public sealed class Sessions(Database database, TimeProvider clock)
{
    public const string Prefix = "rwd_";

    internal static readonly TimeSpan Length = TimeSpan.FromHours(24);

    private const int Body = 16 + 4 + 8;
    private const int Bytes = Body + HMACSHA256.HashSizeInBytes;
    private const int Characters = ((Bytes * 4) + 2) / 3;

    private byte[] _secret = [];

    /// <summary>Reads the fleet's secret, and makes it the first time.</summary>
    public async Task LoadAsync(CancellationToken stop) => _secret = await database.WriteAsync(
        async (connection, transaction) =>
        {
            await connection.ExecuteAsync(
                "INSERT INTO enrolment_secret (one, secret) VALUES (1, @fresh) ON CONFLICT (one) DO NOTHING",
                new { fresh = RandomNumberGenerator.GetBytes(32) }, transaction).ConfigureAwait(false);
            return await connection.QuerySingleAsync<byte[]>("SELECT secret FROM enrolment_secret WHERE one = 1", transaction: transaction).ConfigureAwait(false);
        },
        stop).ConfigureAwait(false);

    /// <returns>The token and when it ends, Unix milliseconds.</returns>
    public (string Token, long Until) Begin(UInt128 device, int number)
    {
        long until = clock.GetUtcNow().Add(Length).ToUnixTimeMilliseconds();
        Span<byte> bytes = stackalloc byte[Bytes];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, device);
        BinaryPrimitives.WriteInt32BigEndian(bytes[16..], number);
        BinaryPrimitives.WriteInt64BigEndian(bytes[20..], until);
        HMACSHA256.HashData(Secret(), bytes[..Body], bytes[Body..]);
        return (Prefix + Base64Url.EncodeToString(bytes), until);
    }

    /// <summary>Whether this is a token that this fleet gave out and that has not ended. Whether the device was retired since is another question.</summary>
    public bool TryRead(ReadOnlySpan<char> token, out Session session)
    {
        session = default;
        Span<byte> bytes = stackalloc byte[Bytes];
        if (token.Length != Prefix.Length + Characters || !token.StartsWith(Prefix)
            || !Base64Url.TryDecodeFromChars(token[Prefix.Length..], bytes, out int written) || written != Bytes)
        {
            return false;
        }

        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(Secret(), bytes[..Body], expected);
        if (!CryptographicOperations.FixedTimeEquals(expected, bytes[Body..]))
        {
            return false;
        }

        session = new Session(BinaryPrimitives.ReadUInt128BigEndian(bytes), BinaryPrimitives.ReadInt32BigEndian(bytes[16..]), BinaryPrimitives.ReadInt64BigEndian(bytes[20..]));
        return session.Until > clock.GetUtcNow().ToUnixTimeMilliseconds();
    }

    private byte[] Secret() => _secret.Length > 0 ? _secret : throw new InvalidOperationException("The fleet's secret was not loaded.");
}
