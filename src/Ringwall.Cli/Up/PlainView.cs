using System.Text.Json;
using Ringwall.Cli.Views;
using Ringwall.Wire.Control;
using Ringwall.Wire.Ocsf;
using Ringwall.Wire.Status;

namespace Ringwall.Cli.Up;

/// <summary>`ringwall up --plain`: a line for whatever changes, and one now and then for how it goes. With --json, the host's own records.</summary>
internal sealed class PlainView(TextWriter @out, UpFeed feed, bool json)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);
    private const int LooksBetweenSummaries = 20;

    private readonly Dictionary<string, string> _states = [];
    private readonly HashSet<string> _told = [];
    private readonly UpHistory _history = new();
    private bool _begun;
    private bool _away;

    /// <returns>The last status that was seen.</returns>
    public async Task<HostStatus?> RunAsync(CancellationToken over)
    {
        Task following = feed.FollowAsync(over);
        try
        {
            for (int look = 0; ; look++)
            {
                Look(await feed.StatusAsync(over).ConfigureAwait(false), look);
                while (feed.Findings.TryRead(out DetectionFinding? finding))
                {
                    Tell(finding);
                }

                await @out.FlushAsync(over).ConfigureAwait(false);
                await Task.Delay(LookEvery, over).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            await following.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default).ConfigureAwait(false);
            return _history.Now;
        }
    }

    private void Look(HostStatus? status, int look)
    {
        _history.Add(status);
        if (status is null)
        {
            if (!_away && !json)
            {
                @out.WriteLine("host     away: the keeper answers by policy until the next one is there");
            }

            _away = true;
            return;
        }

        if (json)
        {
            if (look % LooksBetweenSummaries == 0)
            {
                @out.WriteLine(JsonSerializer.Serialize(new ControlReply { Status = status }, ControlReplyJson.Lines.ControlReply));
            }

            return;
        }

        if (!_begun)
        {
            Begin(status);
        }
        else if (_away)
        {
            @out.WriteLine($"host     process {status.Pid} has taken over");
        }

        _begun = true;
        _away = false;
        foreach (string note in status.Notes.Where(_told.Add))
        {
            @out.WriteLine($"note     {note}");
        }

        foreach (SensorStatus sensor in status.Sensors)
        {
            TellBeside(sensor);
            if (!_states.TryGetValue(sensor.Name, out string? before) || before != sensor.State)
            {
                _states[sensor.Name] = sensor.State;
                string why = sensor.State == "running" || sensor.LastStrike is null ? "" : $": {sensor.LastStrike}";
                @out.WriteLine($"sensor   {sensor.Name} is {sensor.State}{why}");
            }
        }

        if (look > 0 && look % LooksBetweenSummaries == 0)
        {
            Summarise(status);
        }
    }

    // What stands beside a sensor's generation in service, when it changes.
    private void TellBeside(SensorStatus sensor)
    {
        foreach (GenerationBeside beside in sensor.Beside)
        {
            string key = $"{sensor.Name} {beside.Generation}";
            if (!_states.TryGetValue(key, out string? before) || before != beside.Standing)
            {
                _states[key] = beside.Standing;
                @out.WriteLine($"sensor   {sensor.Name}: generation {beside.Generation} is {(beside.Standing == "probation" ? "in probation" : beside.Standing)}");
            }
        }
    }

    private void Begin(HostStatus status)
    {
        @out.WriteLine(status.TellOnly
            ? $"host     process {status.Pid} watches; nothing is asked"
            : $"host     process {status.Pid} guards {StatusView.Places(status.Mounts.Count, "filesystem")}: executions everywhere, opens below {string.Join(' ', status.Guard)}");
        foreach (FeatureUse feature in status.Features)
        {
            @out.WriteLine($"kernel   {feature.Work}: {feature.Uses}{(feature.InsteadOf is null ? "" : $", instead of {feature.InsteadOf}")}");
        }

        if (feed.Fleet is { } fleet)
        {
            @out.WriteLine($"fleet    {fleet.Dashboard}");
            if (fleet.Link is not null)
            {
                @out.WriteLine($"sign in  {fleet.Link} (once, within 15 minutes; `{fleet.AnotherLink}` makes another)");
            }

            foreach ((string command, string shows) in fleet.Tries)
            {
                @out.WriteLine($"try      {command}    # {shows}");
            }
        }

        if (!status.TellOnly)
        {
            @out.WriteLine("try      in another terminal:");
            foreach (string line in HarmlessTrial.Command)
            {
                @out.WriteLine($"           {line}");
            }

            foreach (string line in UpdateTrial.Commands(Installation.OfThisProgram()))
            {
                @out.WriteLine($"update   {line}");
            }
        }
    }

    private void Summarise(HostStatus status)
    {
        long denied = status.Asks.Sum(asks => asks.Denied);
        string asks = string.Join(", ", status.Asks.Select(asked =>
            $"{asked.Class} p50 {Numbers.Microseconds(asked.Latency.P50)} p99 {Numbers.Microseconds(asked.Latency.P99)}"));
        string events = string.Join(", ", status.Sources.Select(source =>
            $"{source.Source} {Numbers.Short(_history.Rate(before => UpHistory.Events(before, source.Source)))}/s{(source.Lost == 0 ? "" : $" (lost {source.Lost})")}"));
        @out.WriteLine($"now      {Numbers.Short(_history.Rate(UpHistory.Asked))} asks/s ({asks}), {denied} denied; {events}");
    }

    private void Tell(DetectionFinding finding)
    {
        _history.Add(finding);
        @out.WriteLine(json
            ? JsonSerializer.Serialize(new ControlReply { Finding = finding }, ControlReplyJson.Lines.ControlReply)
            : $"{(FindingView.IsDenial(finding) ? "denied" : "finding"),-8} {FindingView.Line(finding)}");
    }
}
