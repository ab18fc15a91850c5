using System.Globalization;
using System.Text;

namespace Ringwall.Contract.Tests.Wire;

/// <summary>What the library decoded, in the words of <see cref="Document.SlowDecoder"/>; null when it refused.</summary>
internal static class Descriptions
{
    public static string? Of(string message, ReadOnlySpan<byte> bytes) => message switch
    {
        "Hello" => HelloMessage.TryRead(bytes, out HelloMessage hello)
            ? Join(("protocol version", hello.ProtocolVersion), ("name", Text(hello.Name)), ("vendor", Text(hello.Vendor)), ("engine version", Text(hello.EngineVersion)),
                ("content version", Text(hello.ContentVersion)), ("asks", (uint)hello.Asks), ("tells", (uint)hello.Tells), ("wants descriptor", Flag(hello.WantsDescriptor)))
            : null,
        "Welcome" => WelcomeMessage.TryRead(bytes, out WelcomeMessage welcome)
            ? Join(("protocol version", welcome.ProtocolVersion), ("host version", Text(welcome.HostVersion)), ("asks", (uint)welcome.Asks), ("tells", (uint)welcome.Tells),
                ("execution deadline", welcome.ExecDeadlineNanoseconds), ("open deadline", welcome.OpenDeadlineNanoseconds), ("responses", (uint)welcome.Responses))
            : null,
        "Ask" => Ask(bytes),
        "Verdict" => VerdictMessage.TryRead(bytes, out VerdictMessage verdict)
            ? Join(("ticket", verdict.Ticket), ("verdict", (byte)verdict.Verdict), ("cacheable", Flag(verdict.Cacheable)), ("reason", Text(Encoding.UTF8.GetString(verdict.Reason))))
            : null,
        "Tells" => Tells(bytes),
        "Finding" => FindingMessage.TryRead(bytes, out FindingMessage finding)
            ? Join(("rule id", Text(finding.RuleId)), ("title", Text(finding.Title)), ("severity", (byte)finding.Severity), ("description", Text(finding.Description)),
                ("tag", All([.. finding.Tags.Select(Text)])), ("event source", (byte)finding.EventSource), ("event sequence", finding.EventSequence),
                ("event time", finding.EventTime), ("actor", Record(finding.Actor)), ("path", Convert.ToHexString(finding.Path.Span)), ("ticket", finding.Ticket))
            : null,
        "Health" => HealthMessage.TryRead(bytes, out HealthMessage health)
            ? Join(("token", health.Token), ("asks answered", health.AsksAnswered), ("queue length", health.QueueLength), ("note", Text(health.Note)), ("asks late", health.AsksLate),
                ("asks waiting", health.AsksWaiting), ("tells handled", health.TellsHandled), ("tells lost", health.TellsLost), ("busy", health.BusyNanoseconds))
            : null,
        "HealthAsk" => HealthAskMessage.TryRead(bytes, out HealthAskMessage healthAsk) ? Join(("token", healthAsk.Token)) : null,
        "Stop" => StopMessage.TryRead(bytes, out StopMessage stop) ? Join(("deadline", stop.Deadline)) : null,
        "Request" => RequestMessage.TryRead(bytes, out RequestMessage request)
            ? Join(("number", request.Number), ("kind", (byte)request.Kind), ("pid", request.Pid), ("start", request.Start), ("path", Convert.ToHexString(request.Path.Span)),
                ("device", request.Device), ("inode", request.Inode), ("ticket", request.Ticket), ("reason", Text(request.Reason)))
            : null,
        "Outcome" => OutcomeMessage.TryRead(bytes, out OutcomeMessage outcome)
            ? Join(("number", outcome.Number), ("outcome", (byte)outcome.Outcome), ("reason", Text(outcome.Reason)))
            : null,
        "Event" => Event(bytes),
        _ => throw new ArgumentOutOfRangeException(nameof(message), message, "no such message"),
    };

    private static string? Ask(ReadOnlySpan<byte> bytes) => AskMessage.TryRead(bytes, out AskMessage ask)
        ? Join(("ticket", ask.Ticket), ("class", (byte)ask.Class), ("deadline", ask.Deadline), ("path", Convert.ToHexString(ask.Path)), ("device", ask.Device), ("inode", ask.Inode),
            ("size", ask.Size), ("modified", ask.ModifiedNanoseconds), ("process", Process(ask.Process)), ("mode", ask.Mode))
        : null;

    private static string? Tells(ReadOnlySpan<byte> bytes)
    {
        if (!TellBatch.TryRead(bytes, out TellBatch batch))
        {
            return null;
        }

        List<string> events = [];
        foreach (ReadOnlySpan<byte> encoded in batch)
        {
            events.Add(Convert.ToHexString(encoded));
        }

        return Join(("event", All(events)));
    }

    private static string? Event(ReadOnlySpan<byte> bytes) => TellReader.TryRead(bytes, out TellReader tell)
        ? Join(("kind", (ushort)tell.Kind), ("source", (byte)tell.Source), ("sequence", tell.Sequence), ("time", tell.Time), ("actor", Process(tell.Actor)), ("child", Process(tell.Child)),
            ("exit status", tell.ExitStatus), ("path", Convert.ToHexString(tell.Path)), ("new path", Convert.ToHexString(tell.NewPath)), ("device", tell.Device), ("inode", tell.Inode),
            ("address", Convert.ToHexString(tell.Address)), ("port", tell.Port), ("transport", tell.Transport), ("lost", tell.Lost), ("exact", Flag(tell.LossIsExact)),
            ("place", (byte)tell.LossPlace))
        : null;

    private static string Process(in ProcessView process)
    {
        if (process.IsNone)
        {
            return "";
        }

        List<string> arguments = [];
        foreach (ReadOnlySpan<byte> argument in process.Arguments)
        {
            arguments.Add(Convert.ToHexString(argument));
        }

        List<string> ancestors = [];
        foreach (ProcessView ancestor in process.Ancestors)
        {
            ancestors.Add($"({Plain(ancestor)})");
        }

        string rest = Join(("working directory", Convert.ToHexString(process.WorkingDirectory)), ("argument", All(arguments)),
            ("arguments cut", Flag(process.ArgumentsCut)), ("ancestor", All(ancestors)));
        return $"({Plain(process)}{rest})";
    }

    private static string Plain(in ProcessView process) => Join(("pid", process.Pid), ("start", process.Start), ("uid", process.Uid),
        ("executable", Convert.ToHexString(process.Executable)), ("parent pid", process.ParentPid), ("parent start", process.ParentStart));

    private static string Record(ProcessRecord? process)
    {
        if (process is null)
        {
            return "";
        }

        string rest = Join(("working directory", Text(process.WorkingDirectory)), ("argument", All([.. process.Arguments.Select(Text)])),
            ("arguments cut", Flag(process.ArgumentsCut)), ("ancestor", All([.. process.Ancestors.Select(ancestor => $"({PlainRecord(ancestor)})")])));
        return $"({PlainRecord(process)}{rest})";
    }

    private static string PlainRecord(ProcessRecord process) => Join(("pid", process.Pid), ("start", process.Start), ("uid", process.Uid),
        ("executable", Text(process.Executable)), ("parent pid", process.ParentPid), ("parent start", process.ParentStart));

    private static string All(List<string> values) => $"{values.Count}:{string.Join(',', values)}";

    private static string Text(string text) => text.Length == 0 ? "" : $"'{text}'";

    private static int Flag(bool flag) => flag ? 1 : 0;

    private static string Join(params ReadOnlySpan<(string Name, object Value)> members)
    {
        StringBuilder description = new();
        foreach ((string name, object value) in members)
        {
            description.Append(CultureInfo.InvariantCulture, $"{name}={value} ");
        }

        return description.ToString();
    }
}
