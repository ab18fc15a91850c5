using System.Collections.Concurrent;
using System.Net;
using Ringwall.Server.Access;
using Ringwall.Server.Running;

namespace Ringwall.Server.Enrolment;

/// <summary>Who asked wrongly too often lately, to join or for a session, is not listened to for the rest of the minute. Machines that ask rightly are never counted.</summary>
internal sealed class JoinLimit(TimeProvider clock)
{
    public const int Most = 60;
    public const int MostAddresses = 10_000;

    /// <summary>When wrong tries come from everywhere at once, all that come from anywhere else count as one.</summary>
    private const string Elsewhere = "elsewhere";

    private readonly ConcurrentDictionary<string, int> _failed = new(StringComparer.Ordinal);
    private long _minute;
    private int _addresses;

    /// <exception cref="RequestRefused">Too many wrong tries came from this address in this minute.</exception>
    public void Enter(IPAddress? address)
    {
        long minute = clock.GetUtcNow().ToUnixTimeSeconds() / 60;
        if (Interlocked.Exchange(ref _minute, minute) != minute)
        {
            _failed.Clear();
            Volatile.Write(ref _addresses, 0);
        }

        if (_failed.GetValueOrDefault(Counted(AddressBlock.Of(address))) >= Most)
        {
            throw new RequestRefused(ProblemType.TooMany, "too many wrong tries from this address: wait a minute", new Dictionary<string, object?> { ["retryAfter"] = 60 });
        }
    }

    public void Failed(IPAddress? address)
    {
        string counted = Counted(AddressBlock.Of(address));
        if (_failed.AddOrUpdate(counted, 1, (_, count) => count + 1) == 1 && counted != Elsewhere)
        {
            Interlocked.Increment(ref _addresses);
        }
    }

    private string Counted(string block) => Volatile.Read(ref _addresses) < MostAddresses || _failed.ContainsKey(block) ? block : Elsewhere;
}
