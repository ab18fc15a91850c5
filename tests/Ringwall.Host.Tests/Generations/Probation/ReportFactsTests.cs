using Ringwall.Host.Control;
using Ringwall.Host.Generations.Probation;
using Ringwall.Host.Tests.Control;
using Ringwall.Wire;
using Ringwall.Wire.Control;
using Ringwall.Wire.Probation;

namespace Ringwall.Host.Tests.Generations.Probation;

public sealed class ReportFactsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ringwall-facts-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_folder_s_digest_changes_with_a_name_or_a_byte_and_with_nothing_else()
    {
        string one = Made("one", ("a", "1"), ("below/b", "2"));
        string digest = FolderDigest.Of([one])!;
        Assert.Equal(digest, FolderDigest.Of([Made("same", ("below/b", "2"), ("a", "1"))]));
        Assert.NotEqual(digest, FolderDigest.Of([Made("byte", ("a", "1"), ("below/b", "3"))]));
        Assert.NotEqual(digest, FolderDigest.Of([Made("name", ("a", "1"), ("below/c", "2"))]));
        Assert.NotEqual(digest, FolderDigest.Of([Made("moved", ("a", "12"), ("below/b", ""))]));
        Assert.Null(FolderDigest.Of([Path.Combine(_folder, "none")]));
        Assert.Null(FolderDigest.Of([]));
    }

    [Theory]
    [InlineData("NAME=x\nID=debian\nVERSION_ID=\"13\"\n", "debian 13")]
    [InlineData("ID=arch\n", "arch")]
    [InlineData(null, "")]
    public void The_cell_names_the_distribution_as_the_machine_does(string? release, string expected)
    {
        if (release is not null)
        {
            Made("root", ("etc/os-release", release));
        }

        MachineCell cell = CellFacts.Read(Path.Combine(_folder, "root"), [new CellSensor("other", "1", "")]);
        Assert.Equal((expected, "other"), (cell.Distribution, Assert.Single(cell.Sensors).Name));
    }

    [Theory]
    [InlineData("yara", null, null)]
    [InlineData("yara", 4L, null)]
    [InlineData("yara", 5L, ExitCode.NotDone)]
    [InlineData("sigma", null, ExitCode.NotDone)]
    [InlineData(null, null, ExitCode.Usage)]
    [InlineData("../yara", null, ExitCode.Usage)]
    [InlineData(".", null, ExitCode.Usage)]
    public async Task The_control_socket_shows_what_is_known_of_a_probation(string? name, long? number, int? refusal)
    {
        ControlAnswers answers = new(new FakeHost().Parts with { Probations = new OfYara() });
        List<ControlReply> replies = [];
        await foreach (ControlReply reply in answers.Answer(new ControlRequest { Do = ControlVerb.Probation, Name = name, Number = number }, new ControlPeer(0, 0, []), TestContext.Current.CancellationToken))
        {
            replies.Add(reply);
        }

        ControlReply only = Assert.Single(replies);
        Assert.Equal((refusal, refusal is null ? 4L : null), (only.Error?.Exit, only.Probation?.Candidate.Number));
    }

    private string Made(string folder, params (string Name, string Content)[] files)
    {
        string made = Path.Combine(_folder, folder);
        foreach ((string name, string content) in files)
        {
            string path = Path.Combine(made, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, content);
        }

        return made;
    }

    private sealed class OfYara : IProbationReports
    {
        public ProbationReport? Find(string sensor, long? number) => sensor != "yara" || number is not (null or 4) ? null : new ProbationReport
        {
            Sensor = sensor,
            Candidate = new GenerationIdentity(4, "", "1", null, "", null),
            Result = ProbationResult.Running,
            Because = "",
            Began = DateTimeOffset.UnixEpoch,
            Host = "test",
            Cell = new MachineCell("", "", "", []),
            Seed = 1,
            Phases = [],
            Gates = [],
        };
    }
}
