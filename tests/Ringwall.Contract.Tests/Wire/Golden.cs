using System.Net;

namespace Ringwall.Contract.Tests.Wire;

/// <summary>The document's examples, as this library writes them.</summary>
internal static class Golden
{
    /// <summary>Heading of the example, the table that describes it, and its bytes.</summary>
    public static IReadOnlyList<(string Title, string Table, byte[] Bytes)> All { get; } =
    [
        ("Hello", "Hello", Write(new HelloMessage
        {
            Name = "marker", Vendor = "Example", EngineVersion = "1.0", ContentVersion = "2025-11-29",
            Asks = AskKinds.Exec | AskKinds.Open, Tells = TellKinds.Process, WantsDescriptor = true,
        }.Write)),
        ("Welcome", "Welcome", Write(new WelcomeMessage
        {
            HostVersion = "0.1.0", Asks = AskKinds.Exec | AskKinds.Open, Tells = TellKinds.Process,
            ExecDeadlineNanoseconds = 250_000_000, OpenDeadlineNanoseconds = 100_000_000, Responses = ResponseKinds.Quarantine,
        }.Write)),
        ("Ask", "Ask", Write(into => new AskMessage
        {
            Ticket = 0x0000_0007_0000_0001, Class = EventClass.Open, Deadline = 5_000_100_000_000, Path = "/home/ann/eicar.com"u8,
            Device = 0x801, Inode = 131_337, Size = 68, ModifiedNanoseconds = 1_764_410_000_000_000_000, Mode = 0x81A4,
            Process = new ProcessView { Pid = 4242, Start = 4_990_000_000_000, Uid = 1000, Executable = "/usr/bin/cat"u8, ParentPid = 4200, ParentStart = 4_000_000_000_000 },
        }.Write(into))),
        ("Ask with nothing optional", "Ask", Write(into => new AskMessage { Ticket = 1, Class = EventClass.Exec, Deadline = 5_000_250_000_000 }.Write(into))),
        ("Verdict: deny, with a reason", "Verdict", Write(into => new VerdictMessage
        {
            Ticket = 0x0000_0007_0000_0001, Verdict = Verdict.Deny, Reason = "EICAR test file"u8,
        }.Write(into))),
        ("Verdict: allow, cacheable", "Verdict", Write(into => new VerdictMessage { Ticket = 1, Verdict = Verdict.Allow, Cacheable = true }.Write(into))),
        ("Tells with two events", "Tells", Write(into =>
        {
            TellBatchWriter batch = new(into);
            batch.TryAdd(Event(TellEventKind.ProcessExit));
            batch.TryAdd(Event(TellEventKind.Loss));
            return batch.Finish();
        })),
        .. Enum.GetValues<TellEventKind>().Where(kind => kind != TellEventKind.None).Select(kind => ($"Event value: {Name(kind)}", "Event", Event(kind))),
        ("Finding", "Finding", Write(new FindingMessage
        {
            RuleId = "shell-from-web", Title = "A web server started a shell", Severity = Severity.High, Description = "See the arguments.",
            Tags = ["attack.execution", "attack.t1059.004"], EventSource = TellKinds.Process, EventSequence = 7, EventTime = 1_764_410_000_000_000_000,
            Actor = new ProcessRecord { Pid = 4242, Start = 4_990_000_000_000, Uid = 33, Executable = "/usr/bin/dash", Arguments = ["sh", "-c", "id"] },
            Path = "/usr/bin/dash"u8.ToArray(), Ticket = 9,
        }.Write)),
        ("Health", "Health", Write(new HealthMessage
        {
            Token = 0xC0FFEE, AsksAnswered = 1200, AsksLate = 3, AsksWaiting = 2, TellsHandled = 90_000, TellsLost = 17, QueueLength = 40,
            BusyNanoseconds = 1_500_000, Note = "1 rule skipped",
        }.Write)),
        ("HealthAsk", "HealthAsk", Write(new HealthAskMessage(0xC0FFEE).Write)),
        ("Stop", "Stop", Write(new StopMessage(5_010_000_000_000).Write)),
        ("Stop without a deadline", "Stop", Write(new StopMessage(0).Write)),
        ("Request: quarantine the file of an ask", "Request", Write(new RequestMessage
        {
            Number = 1, Kind = ResponseKind.Quarantine, Path = "/home/ann/eicar.com"u8.ToArray(), Device = 0x801, Inode = 131_337, Ticket = 0x0000_0007_0000_0001,
            Reason = "EICAR test file",
        }.Write)),
        ("Request: kill", "Request", Write(new RequestMessage { Number = 2, Kind = ResponseKind.Kill, Pid = 4242, Start = 4_990_000_000_000 }.Write)),
        ("Outcome: done", "Outcome", Write(new OutcomeMessage { Number = 1, Outcome = ResponseOutcome.Done }.Write)),
        ("Outcome: refused", "Outcome", Write(new OutcomeMessage { Number = 2, Outcome = ResponseOutcome.Refused, Reason = "not-granted" }.Write)),
    ];

    public static byte[] Event(TellEventKind kind)
    {
        TellKinds source = kind switch { <= TellEventKind.ProcessExit => TellKinds.Process, TellEventKind.Connect => TellKinds.Network, _ => TellKinds.File };
        byte[] into = new byte[Protocol.MaxEventBytes];
        TellWriter writer = new(into, kind, source, kind == TellEventKind.Loss ? 0 : 6UL + (ulong)kind, 1_764_410_000_000_000_000);
        ProcessView actor = new() { Pid = 4242, Start = 4_990_000_000_000, Uid = 1000, Executable = "/usr/bin/curl"u8, ParentPid = 4200, ParentStart = 4_000_000_000_000 };
        switch (kind)
        {
            case TellEventKind.ProcessStart:
                actor.WorkingDirectory = "/home/ann"u8;
                writer.BeginActor(in actor);
                writer.Argument("curl"u8);
                writer.Argument("-o"u8);
                writer.Argument("x"u8);
                writer.Ancestor(new ProcessView { Pid = 4200, Start = 4_000_000_000_000, Uid = 1000, Executable = "/usr/bin/bash"u8, ParentPid = 1, ParentStart = 10_000_000 });
                writer.Ancestor(new ProcessView { Pid = 1, Start = 10_000_000, Executable = "/usr/lib/systemd/systemd"u8 });
                writer.EndActor();
                break;
            case TellEventKind.ProcessFork:
                writer.Actor(in actor);
                writer.Child(new ProcessView { Pid = 4243, Start = 4_990_500_000_000, Uid = 1000, ParentPid = 4242, ParentStart = 4_990_000_000_000 });
                break;
            case TellEventKind.ProcessExit:
                writer.Actor(in actor);
                writer.ExitStatus(22 << 8);
                break;
            case TellEventKind.FileRenamed:
                writer.Actor(in actor);
                writer.Path("/tmp/a"u8);
                writer.NewPath("/tmp/b"u8);
                writer.File(0x19, 12);
                break;
            case TellEventKind.FileCreated or TellEventKind.FileWritten or TellEventKind.FileDeleted:
                writer.Actor(in actor);
                writer.Path("/tmp/a"u8);
                writer.File(0x19, 12);
                break;
            case TellEventKind.Connect:
                writer.Actor(in actor);
                writer.Remote(IPAddress.Parse("2001:db8::7").GetAddressBytes(), 443, 6);
                break;
            case TellEventKind.Loss:
                writer.Lost(8751, exact: true, LossPlace.Host);
                break;
        }

        return into[..writer.Finish()];
    }

    private static string Name(TellEventKind kind) => Document.ProtocolDocument.Instance.KindNames[(ushort)kind];

    private static byte[] Write(SpanWrite write)
    {
        byte[] into = new byte[Protocol.MaxMessageBytes];
        return into[..write(into)];
    }

    private delegate int SpanWrite(Span<byte> into);
}
