// RS0030: see Programs.cs.
#pragma warning disable RS0030

using System.Diagnostics;
using Ringwall.Cli.Control;
using Ringwall.Wire;
using Ringwall.Wire.Control;
using Ringwall.Wire.Status;

namespace Ringwall.Cli.Up;

// Owns:         the first keeper's process, as its parent and owner: when this program ends in whatever way, keeper, host and sensors end.
// Does not own: the processes that come after it. A keeper starts a new host and a host a new keeper, so whose end is the guard's end is
//               known by what the host said last of itself and its keeper.

/// <summary>Keeper and host of one `ringwall up`, whichever processes they are by now.</summary>
internal sealed class UpGuard(Process first, UpFeed feed, string runDirectory) : IDisposable
{
    private const int KilledBySignal = 128;
    private const int StartsAtMost = 3;
    private static readonly TimeSpan PatienceForStart = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PatienceForNews = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PatienceForNext = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PatienceForEnd = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan PatienceForAnswer = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);

    /// <summary>Whether the guard is over because somebody wanted it so: a host that ends takes its control socket away, one that dies does not.</summary>
    public bool EndedAsTold => !IsThere() && (first is { HasExited: true, ExitCode: 0 } || !File.Exists(Path.Combine(runDirectory, ControlLimits.SocketName)));

    /// <summary>Returns when a host answers.</summary>
    /// <param name="complaints">Hears of a start that takes long.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <exception cref="CommandException">None will.</exception>
    public async Task AwaitHostAsync(TextWriter complaints, CancellationToken stop)
    {
        long begun = Environment.TickCount64;
        bool told = false;
        while (await feed.StatusAsync(stop).ConfigureAwait(false) is null)
        {
            TimeSpan waited = TimeSpan.FromMilliseconds(Environment.TickCount64 - begun);
            if (first is { HasExited: true, ExitCode: < KilledBySignal })
            {
                throw Died();
            }

            int deaths = Deaths();
            if (deaths >= StartsAtMost || waited > PatienceForStart)
            {
                throw new CommandException(
                    ExitCode.NotDone, "ringwalld", deaths == 0 ? $"it does not answer after {waited.TotalSeconds:0} s: {LastLines()}" : $"it died {deaths} times: {LastLines()}", $"see {feed.Log}");
            }

            if (!told && waited > PatienceForNews)
            {
                await complaints.WriteLineAsync($"ringwall: no host answers after {waited.TotalSeconds:0} s, still waiting: {LastLines()}").ConfigureAwait(false);
                told = true;
            }

            await Task.Delay(LookEvery, stop).ConfigureAwait(false);
        }
    }

    /// <summary>Returns when neither keeper nor host is left, nor a next one comes.</summary>
    public async Task AwaitEndAsync(CancellationToken stop)
    {
        for (long seen = Environment.TickCount64; !EndedAsTold && Environment.TickCount64 - seen < PatienceForNext.TotalMilliseconds;)
        {
            seen = IsThere() ? Environment.TickCount64 : seen;
            await Task.Delay(LookEvery, stop).ConfigureAwait(false);
        }
    }

    /// <summary>Ends whatever is left: politely, and after a while by force, after which the kernel lets everybody go. Nobody else may use the feed.</summary>
    public async Task EndAsync()
    {
        bool asked = false;
        long until = Environment.TickCount64 + (long)PatienceForEnd.TotalMilliseconds;
        while (IsThere())
        {
            asked |= await TryStopAsync().ConfigureAwait(false);
            if (!asked)
            {
                // No host answers. It may be about to come, so the keeper is the one to tell.
                Keepers().ForEach(Programs.AskToEnd);
                asked = true;
            }

            if (Environment.TickCount64 > until)
            {
                Kill();
                return;
            }

            await Task.Delay(LookEvery).ConfigureAwait(false);
        }
    }

    public CommandException Died() => first.HasExited && first.ExitCode < KilledBySignal
        ? new CommandException(
            first.ExitCode is >= ExitCode.NotDone and <= ExitCode.NoHost ? first.ExitCode : ExitCode.NotDone,
            "ringwall-keeper", $"it has ended with {first.ExitCode}: {LastLines()}", $"see {feed.Log}")
        : new CommandException(
            ExitCode.NotDone, "ringwall up", $"keeper and host are gone, and nothing is guarded any more: {LastLines()}", $"see {feed.Log}");

    public void Dispose() => first.Dispose();

    private bool IsThere() => !first.HasExited || Known().Exists(IsOurs);

    private List<int> Known() => feed.Last is { } last ? [last.Pid, last.Keeper?.Pid ?? 0] : [];

    private List<int> Keepers() => first.HasExited ? [.. Known().Skip(1).Where(IsOurs)] : [first.Id];

    // A number may have been given to another process by now, and one that nobody has reaped is no more than a number.
    private static bool IsOurs(int pid)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat.Contains(" (ringwall", StringComparison.Ordinal) && !stat.Contains(") Z ", StringComparison.Ordinal);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private async Task<bool> TryStopAsync()
    {
        try
        {
            using CancellationTokenSource soon = new(PatienceForAnswer);
            _ = await feed.StatusAsync(soon.Token).ConfigureAwait(false);    // who is who now
            using HostConnection host = await HostConnection.OpenAsync(runDirectory, soon.Token).ConfigureAwait(false);
            await host.AskOneAsync(new ControlRequest { Do = ControlVerb.Stop }, soon.Token).ConfigureAwait(false);
            return true;
        }
        catch (Exception gone) when (gone is CommandException or OperationCanceledException)
        {
            return false;
        }
    }

    // The host first: it would start another keeper.
    private void Kill()
    {
        foreach (int pid in Known().Where(IsOurs))
        {
            try
            {
                using Process process = Process.GetProcessById(pid);
                process.Kill();
            }
            catch (Exception gone) when (gone is ArgumentException or InvalidOperationException)
            {
                // It has ended meanwhile.
            }
        }

        first.Kill();
        first.WaitForExit();
    }

    private int Deaths() => File.Exists(feed.Log) ? File.ReadLines(feed.Log).Count(line => line.StartsWith("ringwall-keeper: the host has ended", StringComparison.Ordinal)) : 0;

    // A crash leaves its stack behind, of which the first line says why.
    private string LastLines() => File.Exists(feed.Log)
        ? string.Join(" | ", File.ReadLines(feed.Log).Where(line => line.Trim() is { Length: > 0 } text && !text.StartsWith("at ", StringComparison.Ordinal)).TakeLast(3)) is { Length: > 0 } lines ? lines : "it said nothing"
        : "it said nothing";
}
