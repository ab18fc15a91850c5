using System.Text;

namespace Ringwall.Contract.Tests.Wire;

/// <summary>The promises about room: the largest of everything fits, one more is refused.</summary>
public sealed class LimitTests
{
    private static readonly byte[] LongPath = [.. Enumerable.Repeat((byte)'/', Protocol.MaxPathBytes)];

    [Fact]
    public void The_largest_ask_has_exactly_MaxBytes()
    {
        byte[] into = new byte[AskMessage.MaxBytes];
        Assert.Equal(AskMessage.MaxBytes, LargestAsk(LongPath).Write(into));
        Assert.True(AskMessage.TryRead(into, out AskMessage ask));
        Assert.Equal(LongPath, ask.Process.WorkingDirectory);
        Assert.Throws<ArgumentException>(() => LargestAsk(LongPath).Write(new byte[AskMessage.MaxBytes - 1]));
        Assert.Throws<ArgumentException>(() => LargestAsk([.. LongPath, 1]).Write(new byte[2 * AskMessage.MaxBytes]));
    }

    [Fact]
    public void The_largest_verdict_has_exactly_MaxBytes()
    {
        byte[] into = new byte[VerdictMessage.MaxBytes];
        VerdictMessage verdict = new() { Ticket = ulong.MaxValue, Verdict = Verdict.Deny, Cacheable = true, Reason = LongPath.AsSpan(0, Protocol.MaxReasonBytes) };
        Assert.Equal(VerdictMessage.MaxBytes, verdict.Write(into));
        Assert.Throws<ArgumentException>(() => new VerdictMessage { Verdict = Verdict.Deny, Reason = LongPath.AsSpan(0, Protocol.MaxReasonBytes + 1) }.Write(new byte[4096]));
        Assert.Throws<ArgumentException>(() => default(VerdictMessage).Write(new byte[4096]));
    }

    [Fact]
    public void The_largest_request_and_outcome_fit_into_the_room_that_is_promised()
    {
        byte[] into = new byte[8192];
        RequestMessage request = new()
        {
            Number = ulong.MaxValue, Kind = ResponseKind.Isolate, Pid = uint.MaxValue, Start = ulong.MaxValue, Path = LongPath, Device = ulong.MaxValue,
            Inode = ulong.MaxValue, Ticket = ulong.MaxValue, Reason = new string('r', Protocol.MaxReasonBytes),
        };
        int length = request.Write(into);
        Assert.True(RequestMessage.TryRead(into.AsSpan(0, length), out RequestMessage read));
        Assert.Equal(LongPath, read.Path.ToArray());
        OutcomeMessage outcome = new() { Number = ulong.MaxValue, Outcome = ResponseOutcome.Failed, Reason = new string('r', Protocol.MaxOutcomeReasonBytes) };
        length = outcome.Write(into.AsSpan(0, 128));
        Assert.True(OutcomeMessage.TryRead(into.AsSpan(0, length), out OutcomeMessage became));
        Assert.Equal(outcome, became);
    }

    [Fact]
    public void The_largest_event_fits_into_MaxEventBytes_and_its_batch_into_a_message()
    {
        byte[] into = new byte[Protocol.MaxEventBytes];
        TellWriter writer = new(into, TellEventKind.FileRenamed, TellKinds.File, ulong.MaxValue, ulong.MaxValue);
        ProcessView process = LargestProcess(LongPath);
        writer.BeginActor(in process);
        while (writer.Argument("x"u8))
        {
        }

        for (int i = 0; i < Protocol.MaxAncestors; i++)
        {
            Assert.True(writer.Ancestor(in process));
        }

        Assert.False(writer.Ancestor(in process));
        writer.EndActor();
        writer.Child(in process);
        writer.ExitStatus(uint.MaxValue);
        writer.Path(LongPath);
        writer.NewPath(LongPath);
        writer.File(ulong.MaxValue, ulong.MaxValue);
        writer.Remote(LongPath.AsSpan(0, 16), ushort.MaxValue, byte.MaxValue);
        writer.Lost(ulong.MaxValue, true, LossPlace.Sensor);
        int length = writer.Finish();
        Assert.True(TellReader.TryRead(into.AsSpan(0, length), out TellReader tell));
        Assert.True(tell.Actor.ArgumentsCut);

        byte[] message = new byte[Protocol.MaxMessageBytes];
        TellBatchWriter batch = new(message);
        Assert.True(batch.TryAdd(into.AsSpan(0, length)));
        Assert.False(batch.TryAdd(into.AsSpan(0, length)));
        Assert.Equal(1, batch.Count);
        Assert.True(TellBatch.TryRead(message.AsSpan(0, batch.Finish()), out _));
    }

    [Fact]
    public void A_batch_takes_an_event_of_MaxEventBytes_alone_and_none_longer()
    {
        byte[] message = new byte[2 * Protocol.MaxMessageBytes];
        TellBatchWriter batch = new(message);
        Assert.False(batch.TryAdd(new byte[Protocol.MaxEventBytes + 1]));
        Assert.True(batch.TryAdd(new byte[Protocol.MaxEventBytes]));
        Assert.Equal(Protocol.MaxMessageBytes, batch.Finish());
        Assert.True(MessageHead.TryRead(message.AsSpan(0, Protocol.MaxMessageBytes), out MessageKind kind));
        Assert.Equal(MessageKind.Tells, kind);
    }

    [Fact]
    public void A_process_record_that_is_too_large_is_cut_and_not_refused()
    {
        // Whoever runs a program under a name that is no UTF-8 must not make a sensor's finding throw.
        byte[] wild = [.. Enumerable.Repeat((byte)0xFF, Protocol.MaxPathBytes)];
        ProcessRecord record = new()
        {
            Executable = Encoding.UTF8.GetString(wild),
            WorkingDirectory = Encoding.UTF8.GetString(wild),
            Arguments = [.. Enumerable.Repeat(new string('ä', 1000), 100)],
            Ancestors = [.. Enumerable.Repeat(new ProcessRecord { Pid = 1, Executable = Encoding.UTF8.GetString(wild) }, 40)],
        };
        FindingMessage finding = new()
        {
            RuleId = new string('r', Protocol.MaxRuleIdBytes), Title = new string('t', Protocol.MaxTitleBytes), Severity = Severity.Fatal,
            Description = new string('d', Protocol.MaxDescriptionBytes), Tags = [.. Enumerable.Repeat(new string('g', Protocol.MaxTagBytes), Protocol.MaxTags)],
            Actor = record, Path = LongPath, EventSource = TellKinds.Process, EventSequence = 1, EventTime = 1, Ticket = 1,
        };
        byte[] into = new byte[Protocol.MaxMessageBytes];
        int length = finding.Write(into);
        Assert.True(FindingMessage.TryRead(into.AsSpan(0, length), out FindingMessage read));
        Assert.Equal(length, finding.Write(new byte[length]));
        for (int room = 0; room < length; room += 97)
        {
            Assert.Throws<ArgumentException>(() => finding.Write(new byte[room]));
        }

        Assert.Equal(Protocol.MaxPathBytes / 3, read.Actor!.Executable.Length);
        Assert.True(read.Actor.ArgumentsCut);
        Assert.Equal(Protocol.MaxArgumentsBytes / 2008, read.Actor.Arguments.Count);
        Assert.Equal(Protocol.MaxAncestors, read.Actor.Ancestors.Count);
    }

    [Fact]
    public void A_writer_refuses_what_a_reader_would()
    {
        byte[] into = new byte[Protocol.MaxMessageBytes];
        HelloMessage hello = new() { Name = "good", EngineVersion = "1" };
        Assert.True(hello.Write(into) > 0);
        Assert.Throws<ArgumentException>(() => (hello with { Name = "Not Good" }).Write(into));
        Assert.Throws<ArgumentException>(() => (hello with { Name = "" }).Write(into));
        Assert.Throws<ArgumentException>(() => (hello with { Name = new string('a', 65) }).Write(into));
        Assert.Throws<ArgumentException>(() => (hello with { EngineVersion = "" }).Write(into));
        Assert.Throws<ArgumentException>(() => (hello with { ProtocolVersion = 0 }).Write(into));
        Assert.Throws<ArgumentException>(() => (hello with { Vendor = new string('ä', 65) }).Write(into));
        Assert.Throws<ArgumentException>(() => new WelcomeMessage { HostVersion = "" }.Write(into));
        Assert.Throws<ArgumentException>(() => new WelcomeMessage { HostVersion = "1", ProtocolVersion = 0 }.Write(into));
        Assert.Throws<ArgumentException>(() => new AskMessage { Ticket = 0, Class = EventClass.Open }.Write(into));
        Assert.Throws<ArgumentException>(() => new AskMessage { Ticket = 1, Class = (EventClass)3 }.Write(into));
        FindingMessage finding = new() { RuleId = "r", Title = "t", Severity = Severity.Low };
        Assert.Throws<ArgumentException>(() => (finding with { Severity = (Severity)7 }).Write(into));
        Assert.Throws<ArgumentException>(() => (finding with { Severity = Severity.None }).Write(into));
        Assert.Throws<ArgumentException>(() => (finding with { RuleId = "" }).Write(into));
        Assert.Throws<ArgumentException>(() => (finding with { Tags = [.. Enumerable.Repeat("t", 33)] }).Write(into));
        Assert.Throws<ArgumentException>(() => (finding with { EventSource = TellKinds.File | TellKinds.Process }).Write(into));
        Assert.Throws<ArgumentException>(() => (finding with { Path = new byte[4097] }).Write(into));
        RequestMessage request = new() { Number = 1, Kind = ResponseKind.Isolate };
        Assert.True(request.Write(into) > 0);
        Assert.Throws<ArgumentException>(() => (request with { Number = 0 }).Write(into));
        Assert.Throws<ArgumentException>(() => (request with { Kind = (ResponseKind)5 }).Write(into));
        Assert.Throws<ArgumentException>(() => (request with { Path = new byte[4097] }).Write(into));
        Assert.Throws<ArgumentException>(() => (request with { Reason = new string('r', Protocol.MaxReasonBytes + 1) }).Write(into));
        OutcomeMessage outcome = new() { Number = 1, Outcome = ResponseOutcome.Refused, Reason = "budget" };
        Assert.True(outcome.Write(into) > 0);
        Assert.Throws<ArgumentException>(() => (outcome with { Number = 0 }).Write(into));
        Assert.Throws<ArgumentException>(() => (outcome with { Outcome = ResponseOutcome.None }).Write(into));
        Assert.Throws<ArgumentException>(() => (outcome with { Reason = "Two words" }).Write(into));
        Assert.Throws<ArgumentException>(() => Remote(5));
    }

    private static void Remote(int bytes) =>
        new TellWriter(new byte[100], TellEventKind.Connect, TellKinds.Network, 1, 1).Remote(new byte[bytes], 1, 6);

    private static AskMessage LargestAsk(byte[] path) => new()
    {
        Ticket = ulong.MaxValue, Class = EventClass.Open, Deadline = ulong.MaxValue, Path = path, Device = ulong.MaxValue, Inode = ulong.MaxValue, Size = ulong.MaxValue,
        ModifiedNanoseconds = -1, Mode = uint.MaxValue, Process = LargestProcess(path),
    };

    private static ProcessView LargestProcess(byte[] path) => new()
    {
        Pid = uint.MaxValue, Start = ulong.MaxValue, Uid = uint.MaxValue, Executable = path, ParentPid = uint.MaxValue, ParentStart = ulong.MaxValue, WorkingDirectory = path,
        ArgumentsCut = true,
    };
}
