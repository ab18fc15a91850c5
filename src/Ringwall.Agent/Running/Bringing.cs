// Owns:     which packages are on their way to the host, and when each is tried again.
// Threads:  one at a time.
// Ordering: the release that was not tried for longest goes first. All of a step's packages share one slice of time: a source that is slow, or slow on purpose, holds up neither the other releases nor
//           the next look for what was taken back.

using Ringwall.Agent.Fetching;
using Ringwall.Trust;
using Ringwall.Wire.Door;

namespace Ringwall.Agent.Running;

/// <summary>Brings packages to the host. What fails is one release's trouble: the others go on, and it is tried again later, for longer each time.</summary>
internal sealed class Bringing(WatchedHost host, AgentJournal journal, TimeProvider clock)
{
    private const string Topic = "packages";
    private static readonly TimeSpan LongestSlice = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ShortestSlice = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, Attempt> _attempts = new(StringComparer.Ordinal);
    private readonly Random _dice = new();
    private StaticFiles? _slow;
    private long _count;

    /// <summary>Forgets all: another fleet has other releases.</summary>
    public void Clear()
    {
        _attempts.Clear();
        journal.Clear(Topic);
    }

    /// <param name="fleet">Where packages come from, and go to.</param>
    /// <param name="wanted">What the host wants now.</param>
    /// <param name="minute">Of a rollout: between two tries when all is well.</param>
    /// <param name="stop">Ends it.</param>
    /// <returns>Whether the host has got something, and whether there is more to fetch at once.</returns>
    /// <exception cref="AgentException">No host answers.</exception>
    public async Task<(bool HasBrought, bool IsUnderWay)> BringAsync(Membership fleet, IReadOnlyList<DoorRelease> wanted, TimeSpan minute, CancellationToken stop)
    {
        foreach (string gone in _attempts.Keys.Except(wanted.Select(release => release.Path)).ToArray())
        {
            _attempts.Remove(gone);
        }

        using CancellationTokenSource slice = CancellationTokenSource.CreateLinkedTokenSource(stop);
        slice.CancelAfter(TimeSpan.FromMilliseconds(Math.Clamp(minute.TotalMilliseconds, ShortestSlice.TotalMilliseconds, LongestSlice.TotalMilliseconds)));
        bool hasBrought = false, isUnderWay = false;
        foreach (DoorRelease release in wanted.OrderBy(release => _attempts.GetValueOrDefault(release.Path)?.Tried ?? 0))
        {
            Attempt attempt = _attempts[release.Path] = _attempts.GetValueOrDefault(release.Path) ?? new Attempt(new BackOff(_dice));
            if (clock.GetElapsedTime(0) < attempt.NotBefore)
            {
                continue;
            }

            if (slice.IsCancellationRequested)
            {
                isUnderWay = true;
                break;
            }

            attempt.Tried = ++_count;
            try
            {
                if (!await TryFetchAsync(fleet, release, slice.Token, stop).ConfigureAwait(false))
                {
                    isUnderWay = true;
                    break;
                }
            }
            catch (Exception failed) when (failed is AgentException or UpdateRejectedException or IOException or UnauthorizedAccessException)
            {
                Failed(attempt, failed.Message, minute, failed is AgentException { RetryAfter: var after } ? after : TimeSpan.Zero);
                continue;
            }

            // A host that is away has nothing to do with the release: whoever asked is told, and asks again.
            DoorReply reply = await host.AskAsync(new DoorRequest { Do = DoorVerb.Install, Path = release.Path }, stop).ConfigureAwait(false);
            journal.Installed(release, reply);
            if (reply.Error is { } refused)
            {
                // The package stays for as long as the release is wanted: a disk that is full today is no reason to fetch it again tomorrow.
                Failed(attempt, $"the host refused {release.Path}: {refused.Reason}", minute, TimeSpan.Zero);
                continue;
            }

            hasBrought = true;
            _attempts.Remove(release.Path);
            File.Delete(fleet.Spool.PackageOf(release.Digest!));
        }

        string[] troubles = [.. _attempts.Values.Select(attempt => attempt.Trouble).OfType<string>()];
        journal.Tell(Topic, troubles.Length == 0 ? null : troubles.Length == 1 ? troubles[0] : $"{troubles[0]} (and {troubles.Length - 1} more releases)");
        return (hasBrought, isUnderWay);
    }

    private void Failed(Attempt attempt, string trouble, TimeSpan usual, TimeSpan least)
    {
        attempt.Trouble = trouble;
        attempt.NotBefore = clock.GetElapsedTime(0) + attempt.BackOff.Failed(usual, least);
    }

    // False when the time is over; what has come stays. The source that took so long is asked last the next time.
    private async Task<bool> TryFetchAsync(Membership fleet, DoorRelease release, CancellationToken slice, CancellationToken stop)
    {
        AgentException? last = null;
        foreach (StaticFiles files in fleet.Sources.OrderBy(files => files == _slow).ThenByDescending(files => files == fleet.From))
        {
            try
            {
                await PackageFetch.FetchAsync(release, fleet.Spool, files, slice).ConfigureAwait(false);
                return true;
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                _slow = files;
                return false;
            }
            catch (Exception failed) when (failed is AgentException or UpdateRejectedException or IOException)
            {
                TimeSpan after = failed is AgentException { RetryAfter: var asked } ? asked : TimeSpan.Zero;
                last = new AgentException(failed.Message, failed) { RetryAfter = after > last?.RetryAfter ? after : last?.RetryAfter ?? after };
            }
        }

        throw last ?? new AgentException($"{release.Path}: there is nowhere to fetch from");
    }

    private sealed class Attempt(BackOff backOff)
    {
        public BackOff BackOff { get; } = backOff;

        public TimeSpan NotBefore { get; set; }      // on a clock that never jumps

        public long Tried { get; set; }

        public string? Trouble { get; set; }
    }
}
