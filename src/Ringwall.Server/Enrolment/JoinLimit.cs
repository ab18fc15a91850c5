using System.Collections.Concurrent;
using System.Net;
using Ringwall.Server.Running;

namespace Ringwall.Server.Enrolment;

/// <summary>Who asked wrongly too often lately is not listened to for the rest of the minute. Machines that join rightly are never counted.</summary>
internal sealed class JoinLimit(TimeProvider clock)
{
    private const int Most = 60;
    private const int MostAddresses = 10_000;

    private readonly ConcurrentDictionary<IPAddress, int> _failed = new();
    private long _minute;

    /// <exception cref="RequestRefused">Too many wrong tries came from this address in this minute.</exception>
    public void Enter(IPAddress? address)
    {
        long minute = clock.GetUtcNow().ToUnixTimeSeconds() / 60;
        if (Interlocked.Exchange(ref _minute, minute) != minute)
        {
            _failed.Clear();
        }

        if (_failed.GetValueOrDefault(address ?? IPAddress.None) >= Most)
        {
            throw new RequestRefused(ProblemType.TooMany, "too many wrong join tokens from this address: wait a minute");
        }
    }

    public void Failed(IPAddress? address)
    {
        if (_failed.Count < MostAddresses)
        {
            _failed.AddOrUpdate(address ?? IPAddress.None, 1, (_, count) => count + 1);
        }
    }
}
