using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Ringwall.Rollouts;
using Ringwall.Wire.Fleet;

namespace Ringwall.Server.Health;

/// <summary>
/// Works out what a group of reports changes. Pure: what the devices' rows were goes in, rows to write come out. All that the rules count is decided here, once, in the order of the
/// commits, and stands in the tables as moments, so that every view of them says the same.
/// </summary>
internal sealed class ReportGroup(long at, long paceMilliseconds, ListeningTime listening, FrozenDictionary<string, WatchedRelease> watched, IReadOnlyDictionary<int, DeviceState> known)
{
    public const int BytesPerReport = 5;

    /// <summary>Intervals of silence after which a device has gone dark (docs/rollout-rules.md, section 5).</summary>
    public const int DarkIntervals = 3;

    private static readonly FrozenDictionary<string, byte> States =
        ReleaseState.All.Select((name, i) => KeyValuePair.Create(name, (byte)i)).ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, int> Reportable = Measures.Standard.Select((measure, i) => KeyValuePair.Create(measure.Name, i))
        .Where(pair => HarmMeasure.All.Contains(pair.Key)).ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly byte Fetched = States[ReleaseState.Fetched];
    private static readonly byte Probation = States[ReleaseState.Probation];
    private static readonly byte InService = States[ReleaseState.InService];
    private static readonly byte Fallback = States[ReleaseState.Fallback];
    private static readonly byte Refused = States[ReleaseState.Refused];

    private readonly Dictionary<int, DeviceState> _states = [];
    private readonly Dictionary<(int Release, int Number), RunRow> _runs = [];
    private readonly Dictionary<int, int> _served = [];
    private readonly Dictionary<(int Number, int Measure, long At), HarmRow> _harms = [];
    private readonly Dictionary<int, Queue<ReleaseProbation>> _probations = [];

    public IReadOnlyCollection<DeviceState> Heard => _states.Values;

    public IReadOnlyCollection<RunRow> Runs => _runs.Values;

    /// <summary>On how many devices more, or fewer, each release is in service.</summary>
    public IReadOnlyDictionary<int, int> Served => _served;

    public IReadOnlyCollection<HarmRow> Harms => _harms.Values;

    /// <summary>Of each device the last ones, at most as many as are kept, oldest first.</summary>
    public IReadOnlyList<ProbationRow> Probations => [.. _probations.SelectMany(device => device.Value.Select((probation, place) => new ProbationRow(
        device.Key, at, place, Plain(probation.Path), Plain(probation.Report.Sensor), Plain(probation.Report.Result),
        JsonSerializer.SerializeToUtf8Bytes(probation.Report, FleetJson.Wire.ProbationReport))))];

    /// <summary>Whether a release that ended as this state says runs no more.</summary>
    public static bool IsOver(int state) => state > InService;

    public void Add(SentReports sent)
    {
        if (!_states.TryGetValue(sent.Number, out DeviceState? state))
        {
            state = known.GetValueOrDefault(sent.Number) ?? new DeviceState { Number = sent.Number };
        }

        bool changed = false;
        foreach (DeviceReport report in sent.Reports)
        {
            changed |= Add(state, report);
        }

        if (changed)
        {
            // Of several at once the last one stays.
            state.Report = sent.Reports[^1].Sequence == state.Sequence ? sent.Kept : state.Report;
            _states[sent.Number] = state;
        }

        sent.Acknowledged = state.Sequence;
    }

    /// <summary>For views that follow: five bytes for each device that was heard.</summary>
    public byte[] Log()
    {
        byte[] body = new byte[_states.Count * BytesPerReport];
        int filled = 0;
        foreach (DeviceState state in _states.Values)
        {
            Span<byte> one = body.AsSpan(filled);
            BinaryPrimitives.WriteInt32LittleEndian(one, state.Number);
            one[4] = (byte)(state.Flags | (state.Began == at ? DeviceFlags.Began : 0));
            filled += BytesPerReport;
        }

        return body;
    }

    private bool Add(DeviceState state, DeviceReport report)
    {
        ReportVerdict verdict = ReportScreen.Screen(new ReportFacts(report.At / paceMilliseconds, at / paceMilliseconds, report.Sequence, state.Sequence, -1, -1));
        if (verdict == ReportVerdict.Repeated)
        {
            return false;
        }

        Hear(state, report.Goodbye, verdict);
        state.Sequence = report.Sequence;
        if (verdict != ReportVerdict.Counts)
        {
            // Set aside: it says that the device is there, and nothing else that anybody may believe.
            Harm(state.Number, Measures.Senseless, at, null, verdict == ReportVerdict.ClockAhead ? "its clock runs ahead" : "its clock is behind");
            return true;
        }

        foreach (HarmReport harm in report.Harms)
        {
            if (Reportable.TryGetValue(harm.Measure, out int measure))
            {
                Harm(state.Number, measure, at, harm.Release, harm.Detail);
            }
        }

        Mark(state, report);
        foreach (ReleaseProbation probation in report.Probations)
        {
            if (!_probations.TryGetValue(state.Number, out Queue<ReleaseProbation>? last))
            {
                _probations.Add(state.Number, last = []);
            }

            last.Enqueue(probation);
            if (last.Count > ReportTables.ProbationsKept)
            {
                last.Dequeue();
            }
        }

        return true;
    }

    private void Hear(DeviceState state, bool goodbye, ReportVerdict verdict)
    {
        bool known = state.At > 0;
        bool silent = (state.Flags & DeviceFlags.Goodbye) != 0;
        long dark = listening.Deadline(state.At, DarkMilliseconds(paceMilliseconds));
        if (known && !silent && dark <= at)
        {
            // It is back. That it was gone stays true, at the moment at which everybody could know it.
            Harm(state.Number, Measures.Dark, dark, null, "no report for three intervals and no goodbye");
        }

        state.Began = !known || silent || dark <= at ? at : state.Began;
        state.At = at;
        state.Flags = (goodbye ? DeviceFlags.Goodbye : 0) | (verdict == ReportVerdict.Counts ? 0 : DeviceFlags.Senseless);
    }

    public static long DarkMilliseconds(long paceMilliseconds) => DarkIntervals * Enrolment.Joining.ReportMinutes * paceMilliseconds;

    private void Mark(DeviceState state, DeviceReport report)
    {
        List<ReleaseMark>? marks = null;
        foreach (ReleaseReport release in report.Releases)
        {
            if (watched.TryGetValue(release.Path, out WatchedRelease? known) && States.TryGetValue(release.State, out byte word))
            {
                marks ??= [.. state.Marks];
                Mark(state.Number, marks, known, word, release, report.Harms.Count == 0);
            }
        }

        if (marks is not null)
        {
            // A device that has gone through more watched releases than it may report forgets the oldest; the table of runs does not.
            int forgotten = Math.Max(0, marks.Count - DeviceLimits.Releases);
            marks.Take(forgotten).Where(mark => mark.State == InService).ToList().ForEach(mark => Serve(mark.Release, -1));
            state.Marks = [.. marks.Skip(forgotten)];
        }
    }

    private void Mark(int number, List<ReleaseMark> marks, WatchedRelease release, byte word, ReleaseReport report, bool well)
    {
        int i = marks.FindIndex(mark => mark.Release == release.Number);
        ReleaseMark before = i < 0 ? new ReleaseMark { Release = release.Number, State = byte.MaxValue } : marks[i];
        ReleaseMark after = before;
        after.State = word;
        after.Flags |= word >= Fetched ? MarkFlags.Taken : 0;
        after.Flags |= word >= Probation ? MarkFlags.Ran : 0;
        after.Flags |= word == InService && well && report.Age >= release.Soak ? MarkFlags.Matured : 0;
        after.Flags |= word == Refused ? MarkFlags.Refused : 0;
        // Whoever fell back, or refused it beside what is in service, has shown by that what it falls back to.
        after.Flags |= word == Fallback || word == Refused || (word >= Probation && report.FallbackAlive) ? MarkFlags.FallbackAlive : 0;
        if (after.State == before.State && after.Flags == before.Flags)
        {
            return;
        }

        Serve(release.Number, (after.State == InService ? 1 : 0) - (before.State == InService ? 1 : 0));
        MarkFlags fresh = after.Flags & ~before.Flags;
        if (!_runs.TryGetValue((release.Number, number), out RunRow? run))
        {
            _runs.Add((release.Number, number), run = new RunRow { Release = release.Number, Number = number });
        }

        run.State = word;
        run.StateAt = at;
        run.TakenAt ??= (fresh & MarkFlags.Taken) != 0 ? at : null;
        run.Fallback |= (fresh & MarkFlags.FallbackAlive) != 0;
        run.RanAt ??= (fresh & MarkFlags.Ran) != 0 ? at : null;
        run.MaturedAge = (fresh & MarkFlags.Matured) != 0 ? report.Age : run.MaturedAge;
        run.MaturedAt ??= (fresh & MarkFlags.Matured) != 0 ? at : null;
        if ((fresh & MarkFlags.Refused) != 0)
        {
            Harm(number, Measures.Quarantine, at, release.Path, report.Why ?? "did not pass its probation");
        }

        if (i < 0)
        {
            marks.Add(after);
        }
        else
        {
            marks[i] = after;
        }
    }

    private void Serve(int release, int more)
    {
        if (more != 0)
        {
            _served[release] = _served.GetValueOrDefault(release) + more;
        }
    }

    private void Harm(int number, int measure, long when, string? release, string detail) =>
        _harms.TryAdd((number, measure, when), new HarmRow(number, measure, when, Plain(release), Plain(detail)));

    /// <summary>Foreign words for people. PostgreSQL takes no NUL in a text, and nobody wants a line torn.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    private static string? Plain(string? text) => text is null || !text.AsSpan().ContainsAnyInRange('\0', '\x1f')
        ? text
        : string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
}
