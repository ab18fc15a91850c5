using System.Runtime.CompilerServices;
using Ringwall.Wire;
using Ringwall.Wire.Control;
using Ringwall.Wire.Status;

namespace Ringwall.Host.Control;

/// <summary>From one request to the lines of its answer.</summary>
internal sealed class ControlAnswers(ControlledHost host)
{
    private const int LatestAtMost = 10_000;

    /// <param name="request">As read; its fields are not checked yet.</param>
    /// <param name="peer">Who asks.</param>
    /// <param name="over">Cancelled when a following answer is to end.</param>
    public IAsyncEnumerable<ControlReply> Answer(ControlRequest request, ControlPeer peer, CancellationToken over) => request.Do switch
    {
        ControlVerb.Status => One(new ControlReply { Status = host.View.Status() }),
        ControlVerb.Doctor => One(new ControlReply { Doctor = host.View.Doctor() }),
        ControlVerb.RestartSensor => One(Switch(request, host.Sensors.Restart, "is being restarted", "is being restarted already")),
        ControlVerb.StopSensor => One(Switch(request, host.Sensors.Stop, "is being stopped", "is stopped already")),
        ControlVerb.StartSensor => One(Switch(request, host.Sensors.Start, "is being started", "runs already")),
        ControlVerb.Explain => One(WithPath(request, path => new ControlReply { Explanation = host.View.Explain(path) })),
        ControlVerb.Protected => One(WithPath(request, path => new ControlReply { Protection = host.View.Protected(path) })),
        ControlVerb.Allow => One(WithPath(request, path => Allow(request, peer, path))),
        ControlVerb.Disallow => One(WithPath(request, path => Disallow(peer, path))),
        ControlVerb.Overrides => Many(host.Overrides.List().Select(line => new ControlReply { Override = line })),
        ControlVerb.Install => Install(request),
        ControlVerb.Generations => Generations(request),
        ControlVerb.Promote => Ordered(WithName(request, name => host.Generations.Promote(name, request.Number))),
        ControlVerb.RollBack => Ordered(WithName(request, name => host.Generations.RollBack(name, peer.Uid))),
        ControlVerb.Pin => Ordered(WithName(request, name => host.Generations.Pin(name, request.Number))),
        ControlVerb.Responses => Many(host.Responses.List().Select(line => new ControlReply { Response = line })),
        ControlVerb.Undo => Undo(request),
        ControlVerb.Events => Events(request, over),
        ControlVerb.Findings => Findings(request, over),
        ControlVerb.Probation => One(Probation(request)),
        ControlVerb.LeaveFleet => One(LeaveFleet(peer)),
        ControlVerb.HandOver => One(HandOver()),
        ControlVerb.Stop => One(Stop()),
        _ => One(Wrong("do", $"'{request.Do}' is nothing that can be asked", "docs/cli.md, \"The control socket\", lists what can")),
    };

    private static ControlReply Switch(ControlRequest request, Func<string, SwitchOutcome> order, string ordered, string already)
    {
        if (request.Name is not { Length: > 0 } name)
        {
            return Wrong("name", "the sensor's name is missing", "name one that `ringwall sensors` lists");
        }

        return order(name) switch
        {
            SwitchOutcome.Ordered => Said($"{name} {ordered}"),
            SwitchOutcome.AlreadySo => Said($"{name} {already}"),
            _ => NotDone(name, "there is no such sensor", "name one that `ringwall sensors` lists"),
        };
    }

    private static ControlReply WithPath(ControlRequest request, Func<string, ControlReply> answer) => request.Path is { Length: > 0 } path && path[0] == '/'
        ? answer(path)
        : Wrong("path", "an absolute path is missing", "begin it with /");

    private ControlReply Allow(ControlRequest request, ControlPeer peer, string path) => host.Overrides.TryAllow(path, peer.Uid, request.Note, out string refusal)
        ? Said($"{path} is allowed from now on, whatever sensors say; `ringwall allow --remove {path}` takes it back")
        : NotDone(path, refusal, "");

    private ControlReply Disallow(ControlPeer peer, string path) => host.Overrides.Remove(path, peer.Uid)
        ? Said($"{path} is for the sensors to judge again")
        : NotDone(path, "no override is recorded for it", "`ringwall allow --list` shows those that are");

    // It takes as long as the disk does: not on a thread that others wait for.
    private async IAsyncEnumerable<ControlReply> Install(ControlRequest request)
    {
        if (request.Path is not { Length: > 0 } path || path[0] != '/')
        {
            yield return WithPath(request, _ => Said(""));
            yield break;
        }

        GenerationOrder order = await Task.Factory.StartNew(
            () => host.Generations.Install(path, request.Name), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
        await foreach (ControlReply reply in Ordered(order).ConfigureAwait(false))
        {
            yield return reply;
        }
    }

    private IAsyncEnumerable<ControlReply> Generations(ControlRequest request) => host.Generations.List(request.Name) is { } lines
        ? Many(lines.Select(line => new ControlReply { Generation = line }))
        : One(NotDone(request.Name ?? "", "there is no such sensor", "name one that `ringwall sensors` lists"));

    private static GenerationOrder WithName(ControlRequest request, Func<string, GenerationOrder> order) => request.Name is { Length: > 0 } name
        ? order(name)
        : GenerationOrder.Refused(ExitCode.Usage, "name", "the sensor's name is missing", "name one that `ringwall sensors` lists");

    private static IAsyncEnumerable<ControlReply> Ordered(GenerationOrder order) => order switch
    {
        { Refusal: { } refusal } => One(new ControlReply { Error = refusal }),
        { Generation: { } about } => Many([new ControlReply { Generation = about }, Said(order.Said!)]),
        _ => One(Said(order.Said!)),
    };
    // Without a word on what is meant nothing is taken back: everything is too much to do by mistake. It takes as long as the disk does.
    private async IAsyncEnumerable<ControlReply> Undo(ControlRequest request)
    {
        if (request is { Name: null, Number: null, Since: null, Id: null })
        {
            yield return Wrong("undo", "it is not said what is to be taken back", "give a sensor's name, a generation's number, a time or an id");
            yield break;
        }

        IReadOnlyList<ResponseLine> undone = await Task.Factory.StartNew(
            () => host.Responses.Undo(request.Name, request.Number, request.Since, request.Id, request.DryRun),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default).ConfigureAwait(false);
        foreach (ResponseLine line in undone)
        {
            yield return new ControlReply { Response = line };
        }
    }

    private ControlReply Probation(ControlRequest request)
    {
        if (request.Name is not { Length: > 0 } name || name.Contains('/', StringComparison.Ordinal) || name[0] == '.')
        {
            return Wrong("name", "the sensor's name is missing", "name one that `ringwall sensors` lists");
        }

        return host.Probations?.Find(name, request.Number) is { } report
            ? new ControlReply { Probation = report }
            : NotDone(
                request.Number is { } number ? $"{name} {number}" : name,
                "no probation of it is known",
                "one begins when a package is installed: `ringwall install PACKAGE`");
    }

    // What a device is in its fleet decides what it installs: that is root's to undo, and not every operator's.
    private ControlReply LeaveFleet(ControlPeer peer) => peer.Uid != 0
        ? new ControlReply { Error = new ErrorReport(ExitCode.NeedsRight, "leave-fleet", "root alone may do that", "use sudo") }
        : host.LeaveFleet is not { } leave ? NotDone("leave-fleet", "this host is configured for no fleet", "docs/configuration.md, \"fleet\"")
        : leave() is { } refusal ? NotDone("leave-fleet", refusal, "")
        : Said("this machine is no device of a fleet any more; what is installed stays, and `ringwall enrol` makes it one again");

    private ControlReply HandOver() => host.Life.HandOver() is { } refusal
        ? NotDone("hand-over", refusal, "")
        : Said("the next host is being started; asks are answered by policy until it is there");

    private ControlReply Stop()
    {
        host.Life.Stop();
        return Said("the host is ending");
    }

    private async IAsyncEnumerable<ControlReply> Events(ControlRequest request, [EnumeratorCancellation] CancellationToken over)
    {
        foreach (string kind in request.Kinds ?? [])
        {
            if (!EventKinds.All.Contains(kind))
            {
                yield return Wrong("kinds", $"there are no events of the kind '{kind}'", $"use {string.Join(", ", EventKinds.All)}");
                yield break;
            }
        }

        EventFilter filter = new(request.Kinds, request.Path);
        using IFollower<EventLine>? follower = request.Since is { } since ? host.Events.Since(filter, since, request.Follow) : host.Events.Follow(filter);
        if (follower is null)
        {
            yield return NotDone("since", "this host keeps no journal of what happened", "give \"journal\" in its configuration room and a folder that it can write to (docs/configuration.md)");
            yield break;
        }

        long missed = 0;
        await foreach (EventLine line in Following(follower, over).ConfigureAwait(false))
        {
            if (follower.Missed > missed)
            {
                yield return Loss(line.Time, follower.Missed - missed);
                missed = follower.Missed;
            }

            yield return new ControlReply { Event = line };
        }
    }

    // A follower that reads too slowly is told so by the same kind of line as every loss.
    private static ControlReply Loss(DateTimeOffset time, long lost) => new()
    {
        Event = new EventLine { Time = time, Kind = EventKinds.Loss, Source = "this connection", Lost = lost, Exact = true },
    };

    private async IAsyncEnumerable<ControlReply> Findings(ControlRequest request, [EnumeratorCancellation] CancellationToken over)
    {
        // Follow first, so that nothing falls between the latest and those that come; what is in both is told once.
        using IFollower<Wire.Ocsf.DetectionFinding>? follower = request.Follow ? host.Findings.Follow() : null;
        long last = 0;
        foreach (Wire.Ocsf.DetectionFinding finding in host.Findings.Last(Math.Clamp(request.Last ?? LatestAtMost, 0, LatestAtMost)))
        {
            last = Math.Max(last, finding.Metadata.Sequence);
            yield return new ControlReply { Finding = finding };
        }

        if (follower is null)
        {
            yield break;
        }

        long missed = 0;
        await foreach (Wire.Ocsf.DetectionFinding finding in Following(follower, over).ConfigureAwait(false))
        {
            if (follower.Missed > missed)
            {
                yield return new ControlReply { Missed = follower.Missed - missed };
                missed = follower.Missed;
            }

            if (finding.Metadata.Sequence > last)
            {
                yield return new ControlReply { Finding = finding };
            }
        }
    }

    private static async IAsyncEnumerable<T> Following<T>(IFollower<T> follower, [EnumeratorCancellation] CancellationToken over)
        where T : class
    {
        while (true)
        {
            T? next;
            try
            {
                next = await follower.NextAsync(over).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                yield break;
            }

            if (next is null)
            {
                yield break;
            }

            yield return next;
        }
    }

    private static IAsyncEnumerable<ControlReply> One(ControlReply reply) => Many([reply]);

    private static async IAsyncEnumerable<ControlReply> Many(IEnumerable<ControlReply> replies)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        foreach (ControlReply reply in replies)
        {
            yield return reply;
        }
    }

    private static ControlReply Said(string what) => new() { Said = what };

    private static ControlReply Wrong(string thing, string reason, string remedy) => new() { Error = new ErrorReport(ExitCode.Usage, thing, reason, remedy) };

    private static ControlReply NotDone(string thing, string reason, string remedy) => new() { Error = new ErrorReport(ExitCode.NotDone, thing, reason, remedy) };
}
