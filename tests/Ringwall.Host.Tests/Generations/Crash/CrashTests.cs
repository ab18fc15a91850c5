using System.Globalization;
using Ringwall.Host.Generations.Store;

namespace Ringwall.Host.Tests.Generations.Crash;

/// <summary>
/// Whatever file system call of an order fails, and whichever is the last one: the store opens whole, as it was before or as it is afterwards. Of the last ones those that
/// change something stand for those that only ask; RINGWALL_EVERY_CALL=1 takes each by itself.
/// </summary>
public sealed class CrashTests : IDisposable
{
    private readonly string _folder = Directory.CreateDirectory(
        Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"ringwall-crash-{Guid.NewGuid():N}")).FullName;

    private static readonly bool EveryCall = Environment.GetEnvironmentVariable("RINGWALL_EVERY_CALL") == "1";
    private int _runs;

    [Theory]
    [InlineData("install", "empty", 60)]
    [InlineData("install", "served", 90)]
    [InlineData("promote", "waiting", 40)]
    [InlineData("fallback", "promoted", 40)]
    [InlineData("cleanup", "many", 50)]
    public void Whichever_call_fails_the_store_is_whole_and_does_it_when_asked_again(string what, string from, int callsAtLeast)
    {
        Prepare(what, from);
        IReadOnlyList<TracedCall> calls = Trace(what);
        Assert.True(calls.Count >= callsAtLeast, $"only {calls.Count} calls were seen");
        string[] wrong = [.. Failing(what, calls)];
        Assert.True(wrong.Length == 0, $"{wrong.Length} of {calls.Count}:\n{string.Join('\n', wrong.Take(20))}");
    }

    [Theory]
    [InlineData("install", "empty", 12)]
    [InlineData("install", "served", 12)]
    [InlineData("promote", "waiting", 4)]
    [InlineData("fallback", "promoted", 4)]
    [InlineData("cleanup", "many", 6)]
    public void Whichever_call_is_the_last_the_store_is_old_or_new(string what, string from, int changesAtLeast)
    {
        Prepare(what, from);
        IReadOnlyList<TracedCall> calls = Trace(what);
        int changes = calls.Count(call => call.Changes);
        Assert.True(changes >= changesAtLeast, $"only {changes} calls were seen that change something");
        string[] wrong = [.. Last(what, calls)];
        Assert.True(wrong.Length == 0, $"{wrong.Length} of {calls.Count}:\n{string.Join('\n', wrong.Take(20))}");
    }

    [Theory]
    [InlineData("careless-install", "served")]
    [InlineData("careless-promote", "waiting")]
    public void A_store_that_writes_in_place_is_caught(string what, string from)
    {
        Prepare(what, from);
        IReadOnlyList<TracedCall> calls = Trace(what);
        Assert.NotEmpty(Last(what, calls));
    }

    [Theory]
    [InlineData("install", "empty")]
    [InlineData("install", "served")]
    [InlineData("promote", "waiting")]
    [InlineData("fallback", "promoted")]
    [InlineData("cleanup", "many")]
    public void What_counts_is_on_the_disk_before_it_counts(string what, string from)
    {
        Prepare(what, from);
        IReadOnlyList<TracedCall> calls = Trace(what);
        Assert.Null(FlushOrder.Fault(calls));

        // Without any one of its flushes it would not be.
        TracedCall[] flushes = [.. calls.Where(call => call.Name == "fsync")];
        Assert.NotEmpty(flushes);
        Assert.All(flushes, flush => Assert.NotNull(FlushOrder.Fault(calls.Where(call => call != flush))));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Packages => Path.Combine(_folder, "packages");

    private string Old => Path.Combine(_folder, "old");

    private string OldPicture { get; set; } = "";

    private string NewPicture { get; set; } = "";

    private void Prepare(string what, string from)
    {
        if (Tracer.Unavailable() is { } why)
        {
            Assert.Skip(why);
        }

        Directory.CreateDirectory(Packages);
        GenerationStore store = GenerationStore.Open(StoreProbe.Configuration(Old));
        int installed = from switch { "empty" => 0, "served" => 1, "many" => 4, _ => 2 };
        for (int n = 1; n <= installed; n++)
        {
            store.Install(TestPackage.Of($"{n}", "1.0", $"10{n}").Open(), null, out _);
            if (n < installed || from != "waiting")
            {
                store.Promote("marker", n);
            }
        }

        // Content alone after the first: its engine is copied from the one in service.
        File.WriteAllBytes(Path.Combine(Packages, "next.tar.gz"), (installed == 0 ? TestPackage.Of("1", "1.0", "101") : TestPackage.Of("2", null, "102")).Bytes());
        Directory.CreateDirectory(Old);
        OldPicture = Picture(Old, out _);
        string changed = Path.Combine(_folder, "new");
        Trees.Copy(Old, changed);
        string done = what.Replace("careless-", "", StringComparison.Ordinal);
        Assert.Equal("done", StoreProbe.Do(done, changed, Packages));
        NewPicture = Picture(changed, out string? fault);
        Assert.Null(fault);
        Assert.NotEqual(OldPicture, NewPicture);
        string shelf = Path.Combine(changed, "generations", "marker");
        if (what == "careless-install")
        {
            Trees.Copy(Path.Combine(shelf, "2"), Path.Combine(Packages, "installed"));
        }
        else if (what == "careless-promote")
        {
            File.Copy(Path.Combine(shelf, "state.json"), Path.Combine(Packages, "promoted.json"));
        }
    }

    // Every call about the store, in order.
    private IReadOnlyList<TracedCall> Trace(string what)
    {
        using Probe probe = Probe.Start(Packages, what, Fresh());
        string state = Fresh();
        using Tracer tracer = Tracer.Attach(probe.Id, Path.Combine(_folder, "trace"), "trace=%file,%desc");
        Assert.Equal("done", probe.Do(what, state));
        IReadOnlyList<TracedCall> calls = [.. TracedCall.Read(tracer.Detach()).Where(call => call.Text.Contains(state, StringComparison.Ordinal))];
        Assert.Single(calls.Select(call => call.Thread).Distinct());
        return calls;
    }

    // One probe takes all failures, one after another, and after each it must be able to do what it could not.
    private IEnumerable<string> Failing(string what, IReadOnlyList<TracedCall> calls)
    {
        using Probe probe = Probe.Start(Packages, what, Fresh());

        // Linux closes a descriptor whatever close(2) says, and strace would keep it open.
        for (int i = 0; i < calls.Count; i++)
        {
            TracedCall call = calls[i];
            if (call.Name == "close")
            {
                continue;
            }

            string errno = call.Changes || call.Name == "fsync" ? "ENOSPC" : "EIO";
            string state;
            string? said;
            bool hit;
            int attempts = 0;
            do
            {
                state = Fresh();
                using Tracer tracer = Tracer.Attach(
                    probe.Id, Path.Combine(_folder, "trace"), $"trace={call.Name}", Invariant($"inject={call.Name}:error={errno}:when={call.Ordinal}"));
                said = probe.Do(what, state);
                hit = tracer.Detach().Any(line => line.Contains("(INJECTED)", StringComparison.Ordinal) && line.Contains(state, StringComparison.Ordinal));

                // The runtime may have made a call of its own that it does not always make: count anew.
                call = hit ? call : Trace(what)[i];
            }
            while (!hit && ++attempts < 4);

            string picture = Picture(state, out string? fault);
            string? wrong = !hit ? "it was not made to fail"
                : said is null || !said.StartsWith("done", StringComparison.Ordinal) ? said ?? "the probe died"
                : fault ?? (picture == NewPicture ? null : $"the store is {picture}");
            if (wrong is not null)
            {
                yield return $"{call} fails with {errno}: {wrong}";
            }

            Directory.Delete(state, recursive: true);
        }
    }

    // Killed as it enters the call: the one before was the last. The last call of all is the one that Prepare saw.
    private IEnumerable<string> Last(string what, IReadOnlyList<TracedCall> calls)
    {
        int spared = 0;     // the runtime may have made a call of its own in the trace that it does not always make
        Task<Probe> next = Task.Run(() => Probe.Start(Packages, what, Fresh()));
        foreach (TracedCall call in calls.Where(call => EveryCall || call.Changes))
        {
            using Probe probe = next.GetAwaiter().GetResult();
            next = Task.Run(() => Probe.Start(Packages, what, Fresh()));
            string state = Fresh();
            using Tracer tracer = Tracer.Attach(
                probe.Id, Path.Combine(_folder, "trace"), $"trace={call.Name}", Invariant($"inject={call.Name}:signal=KILL:when={call.Ordinal}"));
            string? said = probe.Do(what, state);
            string? wrong = said is not null ? (said == "done" && ++spared < 4 ? null : $"it was not killed: {said}") : probe.WasKilled() ? null : "the probe died";
            _ = tracer.Detach();
            if (wrong is null)
            {
                string picture = Picture(state, out wrong);
                wrong ??= picture == OldPicture || picture == NewPicture ? null : $"the store is {picture}";
            }

            if (wrong is null && Picture(state, out _) == OldPicture)
            {
                // What was cut off can be done now.
                string again = StoreProbe.Do(what, state, Packages);
                wrong = again == "done" && Picture(state, out _) == NewPicture ? null : $"and then: {again}";
            }

            if (wrong is not null)
            {
                yield return $"killed before {call}: {wrong}";
            }

            Directory.Delete(state, recursive: true);
        }

        next.GetAwaiter().GetResult().Dispose();
    }

    private string Fresh()
    {
        string state = Path.Combine(_folder, $"run{Interlocked.Increment(ref _runs)}");
        Trees.Copy(Old, state);
        return state;
    }

    // What a host that starts now finds, and what is wrong with it.
    private static string Picture(string state, out string? fault)
    {
        GenerationStore store = GenerationStore.Open(StoreProbe.Configuration(state));
        fault = store.Problems.Count > 0 ? store.Problems[0] : null;
        try
        {
            foreach (Generation generation in store.Of("marker"))
            {
                store.Verify(generation);
            }
        }
        catch (StoreException damaged)
        {
            fault ??= damaged.Message;
        }

        fault ??= StoreFiles.Entries(Path.Combine(state, "generations", "marker")).FirstOrDefault(entry => Path.GetFileName(entry).StartsWith('.'));
        return string.Join("; ", store.Of("marker").Select(one => $"{one.Number} {one.State} {one.Version} {one.EngineVersion} {one.ContentVersion} {one.Why}"));
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
