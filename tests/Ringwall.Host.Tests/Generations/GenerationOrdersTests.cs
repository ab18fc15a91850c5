using System.Diagnostics;
using Ringwall.Host.Configuration;
using Ringwall.Host.Control;
using Ringwall.Host.Generations.Store;
using Ringwall.Host.Running;
using Ringwall.Host.Supervision;
using Ringwall.Host.Tests.Sandboxes;
using Ringwall.Host.Tests.Supervision;
using Ringwall.Wire;
using Ringwall.Wire.Packages;

namespace Ringwall.Host.Tests.Generations;

/// <summary>An operator's orders on a store whose sensors nobody runs.</summary>
public sealed class GenerationOrdersTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ringwall-orders-").FullName;
    private readonly Workshop _workshop = new();
    private readonly SensorCrew _crew;
    private readonly GenerationStore _store;
    private readonly GenerationOrders _orders;

    public GenerationOrdersTests()
    {
        HostConfiguration configuration = new()
        {
            StateDirectory = Path.Combine(_folder, "state"),
            Sensors = [new SensorConfiguration { Name = "marker", Folder = "" }],
            Generations = new GenerationRules { KeepCount = 2 },
        };
        _store = GenerationStore.Open(configuration);
        _crew = new SensorCrew(new CrewContext
        {
            Sensors = [],
            Place = _workshop.Place,
            Service = new FakeSeats(),
            Findings = (_, _) => true,
            HostVersion = "test",
        });
        _orders = new GenerationOrders(_store, _crew, _ => { });
    }

    [Fact]
    public void A_release_s_life_is_four_orders()
    {
        GenerationOrder installed = _orders.Install(Written(TestPackage.Of("2026.1", "1.0", "100")), null);
        Assert.Equal("marker 1 is installed: release 2026.1, engine 1.0, content 100", installed.Said);
        Assert.Equal(("waiting", 1), (installed.Generation!.State, installed.Generation.Number));
        Done(_orders.Promote("marker", null));
        Done(_orders.Install(Written(TestPackage.Of("2026.2", "1.1", "100")), null));
        Done(_orders.Promote("marker", null));
        Assert.Equal(["fallback", "in service"], _orders.List("marker")!.Select(line => line.State));
        Done(_orders.Pin("marker", 2));
        Refused(_orders.Promote("marker", 1), ExitCode.NotDone, "pinned");
        Done(_orders.RollBack("marker", byUid: 1000));
        Assert.Equal(["in service", "refused"], _orders.List(null)!.Select(line => line.State));
        Assert.Equal("user 1000 rolled it back", _orders.List(null)![1].Why);
        Refused(_orders.RollBack("marker", 0), ExitCode.NotDone, "no generation to return to");

        // A person's word.
        Done(_orders.Promote("marker", 2));
        Assert.Equal(["fallback", "in service"], _orders.List("marker")!.Select(line => line.State));
        Assert.Equal("marker 2 is in service already", _orders.Promote("marker", 2).Said);
    }

    [Fact]
    public void Old_ones_go_when_new_ones_come()
    {
        for (int n = 1; n <= 4; n++)
        {
            Done(_orders.Install(Written(TestPackage.Of($"{n}", $"1.{n}", "100")), null));
            Done(_orders.Promote("marker", n));
        }

        Done(_orders.Install(Written(TestPackage.Of("5", "1.5", "100")), null));
        Assert.Equal([3L, 4L, 5L], _orders.List("marker")!.Select(line => line.Number));
    }

    [Fact]
    public void Orders_about_what_is_not_there_are_refused()
    {
        Assert.Null(_orders.List("other"));
        Refused(_orders.Promote("other", null), ExitCode.NotDone, "no such sensor");
        Refused(_orders.Promote("marker", null), ExitCode.NotDone, "no generation waits");
        Refused(_orders.Promote("marker", 7), ExitCode.NotDone, "no such generation");
        Refused(_orders.Pin("marker", 7), ExitCode.NotDone, "no such generation");
        Refused(_orders.RollBack("other", 0), ExitCode.NotDone, "no such sensor");
        Refused(_orders.Install(Written(TestPackage.Of("1", "1.0")), "other"), ExitCode.NotDone, "no such sensor");
        Refused(new GenerationOrders(null, _crew, _ => { }).Promote("marker", 1), ExitCode.NotDone, "could not be opened");
    }

    [Fact]
    public void A_package_that_is_none_anywhere_ends_with_2_and_one_that_does_not_fit_here_with_1()
    {
        Refused(_orders.Install(Written(TestPackage.Of("1", "1.0").Put("engine/more", "x")), null), ExitCode.Usage, "does not name it");
        TestPackage other = TestPackage.Of("1", "1.0", "100", ContentSchema.Of("a", [new SchemaField("f", "u8")]));
        Refused(_orders.Install(Written(other), null), ExitCode.NotDone, "was written for the schema a");
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("folder")]
    [InlineData("pipe")]
    [InlineData("giant")]
    [InlineData("empty")]
    public void Whatever_lies_there_the_host_does_not_wait_for_it(string what)
    {
        string path = Path.Combine(_folder, what);
        switch (what)
        {
            case "folder": Directory.CreateDirectory(path); break;
            case "pipe": Process.Start("mkfifo", path).WaitForExit(); break;
            case "empty": File.WriteAllText(path, ""); break;
            case "giant":
                using (FileStream giant = File.Create(path))
                {
                    giant.SetLength(PackageLimits.PackageBytes + 1);
                }

                break;
        }

        string said = what switch { "missing" => "No such file", "giant" => "a package at most", "empty" => "cannot be read as tar in gzip", _ => "it is no file" };
        Refused(_orders.Install(path, null), ExitCode.Usage, said);
    }

    public void Dispose()
    {
        _crew.Dispose();
        _workshop.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static void Done(GenerationOrder order) => Assert.True(order.Said is not null, $"{order.Refusal}");

    private static void Refused(GenerationOrder order, int exit, string said)
    {
        Assert.NotNull(order.Refusal);
        Assert.Contains(said, order.Refusal.ToString(), StringComparison.Ordinal);
        Assert.Equal(exit, order.Refusal.Exit);
    }

    private string Written(TestPackage package)
    {
        string path = Path.Combine(_folder, "package.tar.gz");
        File.WriteAllBytes(path, package.Bytes());
        return path;
    }
}
