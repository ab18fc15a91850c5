using Ringwall.Agent.Enrolling;
using Ringwall.Agent.Fetching;
using Ringwall.Agent.Running;
using Ringwall.Agent.Talking;
using Ringwall.Trust;
using Ringwall.Wire.Door;
using Ringwall.Wire.Probation;

namespace Ringwall.Agent.Tests;

/// <summary>An agent between a server that may lie and a host that believes nothing.</summary>
internal sealed class AgentAtWork : IDisposable
{
    public const string Release = "acme/marker/content-5.tar.gz";

    public AgentAtWork(bool enrolled = true, string? state = null)
    {
        State = state ?? Path.Combine(Folder, "state");
        Directory.CreateDirectory(State);
        Fleet = new TestFleet(Clock.Now);
        Server = new TestServer(Fleet, Clock);
        Host = new TestHost(Path.Combine(Folder, "run"), State, Clock);
        Journal = new AgentJournal(State, Complaints, Clock);
        if (enrolled)
        {
            Join().GetAwaiter().GetResult();
        }
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("ringwall-agent-").FullName;

    public string State { get; }

    public TestClock Clock { get; } = new();

    public TestFleet Fleet { get; }

    public TestServer Server { get; }

    public TestHost Host { get; }

    public StringWriter Complaints { get; } = new();

    public AgentJournal Journal { get; private set; }

    public HttpClient Http { get; } = Network.NewClient();

    public List<Uri> Mirrors { get; } = [];

    /// <summary>Impatient enough for a test, patient enough for a busy machine when nothing is wrong.</summary>
    public TransferPace Pace { get; set; } = new(TimeSpan.FromSeconds(2), 100_000);

    public Task<Enrolled> Join(string token = "right") => Joining.JoinAsync(
        State, Server.Address, [], token, "a machine", new DoorMachine("1", new MachineCell("debian 12", "6.1", "x64", []), null), Http, CancellationToken.None);

    public AgentRun NewRun()
    {
        Journal = new AgentJournal(State, Complaints, Clock);
        return new AgentRun(State, Mirrors, Http, new HostDoor(Host.RunDirectory), Clock, Journal, Pace);
    }

    /// <summary>Lets the agent work until something is so, its clock going on as far as it wants to wait.</summary>
    public async Task StepUntilAsync(AgentRun run, Func<bool> condition, string what, int most = 200)
    {
        for (int step = 0; step < most; step++)
        {
            TimeSpan wait = await run.StepAsync(TestContext.Current.CancellationToken);
            if (condition())
            {
                return;
            }

            Clock.Now += wait;
        }

        Assert.Fail($"not within {most} steps: {what}\n{string.Join('\n', Journal.Troubles)}\n{Complaints}\n{string.Join('\n', Server.Asked)}");
    }

    /// <summary>A release that vendor and operator agree on, published, and wanted by the host.</summary>
    public TargetFile Publish(string path = Release, byte[]? package = null)
    {
        TargetFile file = Fleet.Release(path, package ?? new byte[300_000], "5", TestFleet.Everybody(Clock.Now, "cell"));
        Fleet.Publish(Clock.Now);
        Host.Wanted[path] = file;
        return file;
    }

    /// <summary>What the host would read, by name.</summary>
    public Dictionary<string, byte[]> Spool() => Directory.EnumerateFiles(Path.Combine(State, "spool"), "*.json", SearchOption.AllDirectories).ToDictionary(file => file, File.ReadAllBytes);

    public void Dispose()
    {
        Server.Dispose();
        Host.Dispose();
        Http.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
