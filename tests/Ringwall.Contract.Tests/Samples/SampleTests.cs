using System.Diagnostics;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Ringwall.Contract.Tests.Document;
using Ringwall.Contract.Tests.Wire;

namespace Ringwall.Contract.Tests.Samples;

/// <summary>The samples as processes. The Python one knows the protocol from its document only.</summary>
public sealed class SampleTests : IDisposable
{
    private static readonly string Python = Path.Combine(Repository.Root, "samples", "python");
    private static readonly string CSharp = FindCSharp();

    private readonly string _folder = Directory.CreateTempSubdirectory("ringwall-samples-").FullName;
    private readonly byte[] _buffer = new byte[Protocol.MaxMessageBytes];
    private ulong _ticket;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_python_sensor_denies_by_content_counts_reports_and_stops()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/python3"), "needs python3");
        using SampleProcess sensor = SampleProcess.Start("/usr/bin/python3", Path.Combine(Python, "sensor.py"));
        Assert.True(HelloMessage.TryRead(sensor.Receive(MessageKind.Hello), out HelloMessage hello));
        Assert.Equal(("python-sample", AskKinds.Exec | AskKinds.Open, TellKinds.Process | TellKinds.File, true), (hello.Name, hello.Asks, hello.Tells, hello.WantsDescriptor));
        Welcome(sensor, hello);
        JudgesByContent(sensor);

        // An ask that is late already, then two events of which one is worth a finding, one that counts losses, and one from the future.
        Ask(sensor, _folder, new byte[1], deadline: 0);
        Tell(sensor, Start("/tmp/dropper"), Start("/usr/bin/true"), Golden.Event(TellEventKind.Loss), Future());
        Assert.True(FindingMessage.TryRead(sensor.Receive(MessageKind.Finding), out FindingMessage finding));
        Assert.Equal(("run-from-tmp", Severity.Medium, TellKinds.Process, 5UL), (finding.RuleId, finding.Severity, finding.EventSource, finding.EventSequence));
        Assert.Equal(["/tmp/dropper", "-x"], finding.Actor!.Arguments);
        Assert.Equal("/tmp/dropper"u8, finding.Path.Span);

        sensor.Send(_buffer.AsSpan(0, new HealthAskMessage(77).Write(_buffer)));
        Assert.True(HealthMessage.TryRead(sensor.Receive(MessageKind.Health), out HealthMessage health));
        Assert.Equal((77UL, 20UL, 1UL, 4UL, "told 4, lost 8751"), (health.Token, health.AsksAnswered, health.AsksLate, health.TellsHandled, health.Note));

        sensor.Send(_buffer.AsSpan(0, new StopMessage(0).Write(_buffer)));
        Assert.Equal(0, sensor.WaitExit());
        Assert.Equal("", sensor.Errors.Trim());
    }

    [Fact]
    public void The_minimal_csharp_sensor_denies_by_content_reports_and_stops()
    {
        using SampleProcess sensor = SampleProcess.Start(CSharp);
        Assert.True(HelloMessage.TryRead(sensor.Receive(MessageKind.Hello), out HelloMessage hello));
        Assert.Equal(("minimal", AskKinds.Exec | AskKinds.Open, TellKinds.None), (hello.Name, hello.Asks, hello.Tells));
        Welcome(sensor, hello);
        JudgesByContent(sensor, findings: true);
        sensor.Send(_buffer.AsSpan(0, new StopMessage(0).Write(_buffer)));
        Assert.Equal(0, sensor.WaitExit());
        Assert.Equal("", sensor.Errors.Trim());
    }

    [Fact]
    public void Both_samples_exit_with_0_when_the_host_is_gone_and_with_1_when_it_talks_nonsense()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/python3"), "needs python3");
        foreach (string[] command in (string[][])[["/usr/bin/python3", Path.Combine(Python, "sensor.py")], [CSharp]])
        {
            using (SampleProcess sensor = SampleProcess.Start(command))
            {
                Assert.True(HelloMessage.TryRead(sensor.Receive(MessageKind.Hello), out HelloMessage hello));
                Welcome(sensor, hello);
                sensor.HangUp();
                Assert.Equal(0, sensor.WaitExit());
                Assert.Equal("", sensor.Errors.Trim());
            }

            using (SampleProcess sensor = SampleProcess.Start(command))
            {
                Assert.True(HelloMessage.TryRead(sensor.Receive(MessageKind.Hello), out HelloMessage hello));
                Welcome(sensor, hello);
                sensor.Send([3, 0, 0, 0, 9, 0, 0, 0]);
                Assert.Equal(1, sensor.WaitExit());
                Assert.NotEqual("", sensor.Errors.Trim());
            }
        }
    }

    [Fact]
    public void Both_samples_exit_with_2_and_a_reason_when_no_host_started_them()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/python3"), "needs python3");
        foreach (string[] command in (string[][])[["/usr/bin/python3", Path.Combine(Python, "sensor.py")], [CSharp]])
        {
            ProcessStartInfo start = new(command[0], command[1..]) { RedirectStandardError = true };
            start.Environment.Remove(Protocol.SocketVariable);
            using Process sensor = Process.Start(start)!;
            string errors = sensor.StandardError.ReadToEnd();
            Assert.True(sensor.WaitForExit(TimeSpan.FromSeconds(60)));
            Assert.Equal(2, sensor.ExitCode);
            Assert.Contains("RINGWALL_SOCKET is not set", errors, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_packed_python_sensor_runs_from_its_own_folder_alone()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/python3"), "needs python3");
        string packed = Path.Combine(_folder, "packed");
        using (Process pack = Process.Start(Path.Combine(Python, "pack.sh"), packed))
        {
            Assert.True(pack.WaitForExit(TimeSpan.FromSeconds(60)));
            Assert.Equal(0, pack.ExitCode);
        }

        Assert.Contains("\"executable\": \"python3\"", File.ReadAllText(Path.Combine(packed, "sensor.json")), StringComparison.Ordinal);
        using SampleProcess sensor = SampleProcess.Start(Path.Combine(packed, "python3"), "-I", "-X", "importtime", Path.Combine(packed, "sensor.py"));
        Assert.True(HelloMessage.TryRead(sensor.Receive(MessageKind.Hello), out HelloMessage hello));
        Welcome(sensor, hello);
        JudgesByContent(sensor);
        sensor.HangUp();
        Assert.Equal(0, sensor.WaitExit());
    }

    private static string FindCSharp()
    {
        string build = Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/'));       // "release" or "debug"
        return Path.Combine(Repository.Root, "artifacts", "bin", "Ringwall.Samples.Minimal", build + "_linux-x64", "minimal-sensor");
    }

    private void Welcome(SampleProcess sensor, HelloMessage hello) =>
        sensor.Send(_buffer.AsSpan(0, new WelcomeMessage { HostVersion = "test", Asks = hello.Asks, Tells = hello.Tells }.Write(_buffer)));

    private void JudgesByContent(SampleProcess sensor, bool findings = false)
    {
        for (int i = 0; i < 20; i++)
        {
            bool bad = i % 2 == 1;
            ulong ticket = Ask(sensor, Path.Combine(_folder, "file"), Encoding.UTF8.GetBytes(bad ? "xx RINGWALL-SAMPLE-MARKER yy" : "harmless"), long.MaxValue);
            Assert.True(VerdictMessage.TryRead(sensor.Receive(MessageKind.Verdict), out VerdictMessage verdict));
            Assert.Equal(ticket, verdict.Ticket);
            Assert.Equal(bad ? Verdict.Deny : Verdict.Allow, verdict.Verdict);
            Assert.True(verdict.Cacheable);
            Assert.Equal(bad ? "the file begins with the sample marker" : "", Encoding.UTF8.GetString(verdict.Reason));
            if (bad && findings)
            {
                Assert.True(FindingMessage.TryRead(sensor.Receive(MessageKind.Finding), out FindingMessage finding));
                Assert.Equal(ticket, finding.Ticket);
            }
        }
    }

    private ulong Ask(SampleProcess sensor, string path, byte[] content, long deadline)
    {
        string file = Path.Combine(_folder, "file");
        File.WriteAllBytes(file, content);
        using SafeFileHandle handle = File.OpenHandle(file);
        AskMessage ask = new() { Ticket = ++_ticket, Class = EventClass.Open, Deadline = (ulong)deadline, Path = Encoding.UTF8.GetBytes(path), Size = (ulong)content.Length };
        sensor.Send(_buffer.AsSpan(0, ask.Write(_buffer)), (int)handle.DangerousGetHandle());
        return _ticket;
    }

    private void Tell(SampleProcess sensor, params byte[][] events)
    {
        TellBatchWriter batch = new(_buffer);
        foreach (byte[] encoded in events)
        {
            Assert.True(batch.TryAdd(encoded));
        }

        sensor.Send(_buffer.AsSpan(0, batch.Finish()));
    }

    private static byte[] Start(string program)
    {
        byte[] into = new byte[4096];
        TellEvent tell = new()
        {
            Kind = TellEventKind.ProcessStart, Source = TellKinds.Process, Sequence = 5, Time = 6,
            Actor = new ProcessRecord { Pid = 12, Start = 34, Executable = program, Arguments = [program, "-x"] },
        };
        return into[..tell.Write(into)];
    }

    private static byte[] Future()
    {
        byte[] into = new byte[100];
        FieldWriter fields = new(into);
        fields.Put(1, (ushort)999);
        fields.Put(2, (byte)8);
        fields.Put(4, 1UL);
        fields.Put(777, "later"u8, 0, 10);
        return into[..fields.Length];
    }
}
