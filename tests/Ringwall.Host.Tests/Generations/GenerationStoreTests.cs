using Ringwall.Host.Configuration;
using Ringwall.Host.Generations.Store;
using Ringwall.Wire.Packages;

namespace Ringwall.Host.Tests.Generations;

public sealed class GenerationStoreTests : IDisposable
{
    private static readonly ContentSchema Fields20 = ContentSchema.Of("ipc", [.. Enumerable.Range(1, 20).Select(i => new SchemaField($"f{i}", "text"))]);
    private static readonly ContentSchema Fields21 = ContentSchema.Of("ipc", [.. Enumerable.Range(1, 21).Select(i => new SchemaField($"f{i}", "text"))]);
    private readonly string _folder = Directory.CreateTempSubdirectory("ringwall-store-").FullName;
    private HostConfiguration _configuration;

    public GenerationStoreTests()
    {
        _configuration = new HostConfiguration { StateDirectory = Path.Combine(_folder, "state"), Sensors = [new SensorConfiguration { Name = "marker", Folder = "" }] };
    }

    [Fact]
    public void A_release_waits_until_it_is_promoted_and_the_one_before_is_the_fallback()
    {
        GenerationStore store = Open();
        Assert.Empty(store.Of("marker"));
        Generation first = Install(store, TestPackage.Of("1", "1.0", "100"));
        Assert.Equal((1, GenerationState.Waiting, "1.0", "100"), (first.Number, first.State, first.EngineVersion, first.ContentVersion));
        Assert.Null(store.InService("marker"));
        store.Promote("marker", 1);
        Assert.Equal(1, store.InService("marker")?.Number);
        Assert.Null(store.Fallback("marker"));
        Install(store, TestPackage.Of("2", "1.1", "101"));
        store.Promote("marker", 2);
        AssertStates(store, GenerationState.Fallback, GenerationState.InService);
        AssertStates(Open(), GenerationState.Fallback, GenerationState.InService);
        Assert.Equal("rules 101", File.ReadAllText(Path.Combine(store.InService("marker")!.Content[0], "rules.txt")));
        Assert.True(File.GetUnixFileMode(Path.Combine(store.InService("marker")!.Engine, "marker")).HasFlag(UnixFileMode.OtherExecute));
    }

    [Fact]
    public void Content_and_engine_change_apart_from_each_other()
    {
        GenerationStore store = Open();
        Install(store, TestPackage.Of("1", "1.0", "100"));
        store.Promote("marker", 1);
        Generation second = Install(store, TestPackage.Of("2", null, "101"));
        Assert.Equal(("1.0", "101"), (second.EngineVersion, second.ContentVersion));
        store.Promote("marker", 2);
        Generation third = Install(store, TestPackage.Of("3", "1.1"));
        Assert.Equal(("1.1", "101"), (third.EngineVersion, third.ContentVersion));
        Assert.All(store.Of("marker"), store.Verify);
        Assert.Equal("rules 101", File.ReadAllText(Path.Combine(third.Content[0], "rules.txt")));

        // Each stands by itself: what damages one leaves the others alone.
        File.WriteAllText(Path.Combine(third.Content[0], "rules.txt"), "rules 10x");
        Assert.Equal(StoreFault.Damaged, Assert.Throws<StoreException>(() => store.Verify(third)).Fault);
        store.Verify(second);
    }

    [Fact]
    public void What_the_configuration_names_is_number_0()
    {
        Configure(Engine("0.9"));
        GenerationStore store = Open();
        Generation zero = Assert.Single(store.Of("marker"));
        Assert.Equal((0, GenerationState.InService, "0.9"), (zero.Number, zero.State, zero.EngineVersion));
        Generation first = Install(store, TestPackage.Of("1", null, "100"));
        Assert.Equal("0.9", first.EngineVersion);
        Assert.NotEqual(zero.Engine, first.Engine);
        Assert.Equal("#!/bin/false", File.ReadAllText(Path.Combine(first.Engine, "marker")));
        store.Verify(first);
        store.Promote("marker", 1);
        Assert.Equal(0, store.Fallback("marker")?.Number);
        store.FallBack("marker", "it crashed");
        Assert.Equal(0, store.InService("marker")?.Number);
        Assert.Equal("it crashed", store.Of("marker")[1].Why);
    }

    [Fact]
    public void Folders_of_the_configuration_s_content_come_after_the_generation_s_own()
    {
        Configure("", "/etc/mine");
        GenerationStore store = Open();
        Generation first = Install(store, TestPackage.Of("1", "1.0", "100"));
        Assert.Equal([Path.Combine(Path.GetDirectoryName(first.Engine)!, "content"), "/etc/mine"], first.Content);
        Assert.Equal(first.Engine, first.In(_configuration.Sensors[0]).Folder);
    }

    [Fact]
    public void An_engine_that_is_a_link_is_not_taken_over()
    {
        string engine = Engine("0.9");
        File.CreateSymbolicLink(Path.Combine(engine, "passwd"), "/etc/passwd");
        Configure(engine);
        StoreException refused = Assert.Throws<StoreException>(() => Install(Open(), TestPackage.Of("1", null, "100")));
        Assert.Contains("passwd is a link", refused.Message, StringComparison.Ordinal);
        AssertNothingLeft();
    }

    [Fact]
    public void A_generation_that_fell_back_is_refused_until_a_person_forgives_it()
    {
        GenerationStore store = Open();
        TestPackage second = TestPackage.Of("2", "1.1", "101");
        Install(store, TestPackage.Of("1", "1.0", "100"));
        store.Promote("marker", 1);
        Install(store, second);
        store.Promote("marker", 2);
        store.FallBack("marker", "three strikes");
        store = Open();
        AssertStates(store, GenerationState.InService, GenerationState.Refused);
        Assert.Equal(StoreFault.Refused, Fault(() => store.Promote("marker", 2)));
        StoreException again = Assert.Throws<StoreException>(() => Install(store, second));
        Assert.Equal(StoreFault.Refused, again.Fault);
        Assert.Contains("three strikes", again.Message, StringComparison.Ordinal);
        store.Forgive("marker", 2);
        store.Promote("marker", 2);
        AssertStates(Open(), GenerationState.Fallback, GenerationState.InService);

        // A newer release of the same bytes is another one.
        store.FallBack("marker", "again");
        Assert.Equal(3, Install(store, TestPackage.Of("3", "1.1", "101")).Number);
    }

    [Fact]
    public void Falling_back_twice_goes_back_two()
    {
        GenerationStore store = Open();
        for (int n = 1; n <= 3; n++)
        {
            Install(store, TestPackage.Of($"{n}", $"1.{n}", "100"));
            store.Promote("marker", n);
        }

        store.FallBack("marker", "a");
        Assert.Equal((2, 1), (store.InService("marker")!.Number, store.Fallback("marker")!.Number));
        store.FallBack("marker", "b");
        Assert.Equal(1, store.InService("marker")!.Number);
        Assert.Null(store.Fallback("marker"));
        Assert.Equal(StoreFault.State, Fault(() => store.FallBack("marker", "c")));
        AssertStates(Open(), GenerationState.InService, GenerationState.Refused, GenerationState.Refused);
    }

    [Fact]
    public void The_same_release_twice_is_one_generation()
    {
        GenerationStore store = Open();
        Install(store, TestPackage.Of("1", "1.0", "100"));
        Assert.Equal(1, store.Install(TestPackage.Of("1", "1.0", "100").Open(), null, out bool isNew).Number);
        Assert.False(isNew);
        AssertNothingLeft();
    }

    [Fact]
    public void A_pinned_generation_stays_until_it_is_let_go_or_fails()
    {
        GenerationStore store = Open();
        Install(store, TestPackage.Of("1", "1.0", "100"));
        store.Promote("marker", 1);
        Install(store, TestPackage.Of("2", "1.1", "101"));
        Assert.Equal(StoreFault.State, Fault(() => store.Pin("marker", 2)));
        store.Pin("marker", 1);
        Assert.Equal(1, Open().Pinned("marker"));
        Assert.Equal(StoreFault.Pinned, Fault(() => store.Promote("marker", 2)));
        store.Pin("marker", null);
        store.Promote("marker", 2);
        store.Pin("marker", 2);
        store.FallBack("marker", "it failed");
        Assert.Null(store.Pinned("marker"));
    }

    [Fact]
    public void Content_of_another_schema_is_refused_before_anything_is_made()
    {
        GenerationStore store = Open();
        SchemaName reads21 = new("ipc", Fields21.Hash);
        Install(store, TestPackage.Of("1", "1.0", "100", Fields21, reads21));
        store.Promote("marker", 1);
        StoreException refused = Assert.Throws<StoreException>(() => Install(store, TestPackage.Of("2", null, "101", Fields20)));
        Assert.Equal(StoreFault.Unfit, refused.Fault);
        Assert.Contains("with 20 fields", refused.Message, StringComparison.Ordinal);
        Assert.Equal(StoreFault.Schema, Fault(() => Install(store, TestPackage.Of("2", null, "101", Fields20 with { Count = 21, Hash = Fields21.Hash }))));
        Assert.Equal(StoreFault.Schema, Fault(() => Install(store, TestPackage.Of("2", null, "101", Fields20 with { Hash = Fields21.Hash }))));
        Assert.Equal(StoreFault.Unfit, Fault(() => Install(store, TestPackage.Of("2", null, "101"))));
        Assert.Equal(StoreFault.Schema, Fault(() => Install(store, TestPackage.Of("2", "1.1", "101", Fields21))));
        Assert.Equal(StoreFault.Unfit, Fault(() => Install(store, TestPackage.Of("2", "1.1"))));
        AssertNothingLeft();
        Assert.Equal(2, Install(store, TestPackage.Of("2", null, "101", Fields21)).Number);

        // With the guard out of the way, and just with that, it gets in.
        _configuration = _configuration with { WithoutGuards = new HashSet<Guard> { Guard.Schema } };
        Assert.Equal(3, Install(Open(), TestPackage.Of("3", null, "102", Fields20 with { Count = 21, Hash = Fields21.Hash })).Number);
    }

    [Theory]
    [InlineData("other", "1.0", "marker", "it is for other")]
    [InlineData("marker", "1.1", "marker", "it says version 1.1")]
    [InlineData("marker", "1.0", "other", "not in the package, or not executable")]
    public void A_sensor_json_that_says_otherwise_is_refused(string name, string version, string executable, string said)
    {
        TestPackage package = new();
        package.Manifest = package.Manifest with { Engine = new PackagedEngine { Version = "1.0" } };
        package.Add("engine/sensor.json", $$"""{ "name": "{{name}}", "version": "{{version}}", "executable": "{{executable}}" }""").Add("engine/marker", "x", executable: true);
        StoreException refused = Assert.Throws<StoreException>(() => Install(Open(), package));
        Assert.Equal(StoreFault.Engine, refused.Fault);
        Assert.Contains(said, refused.Message, StringComparison.Ordinal);
        AssertNothingLeft();
    }

    [Fact]
    public void A_sensor_that_is_not_configured_gets_nothing()
    {
        _configuration = _configuration with { Sensors = [] };
        StoreException refused = Assert.Throws<StoreException>(() => Install(Open(), TestPackage.Of("1", "1.0")));
        Assert.Equal(StoreFault.NotConfigured, refused.Fault);
        Assert.Contains("\"sensors\"", refused.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_package_goes_to_the_sensor_that_is_named_instead()
    {
        _configuration = _configuration with { Sensors = [new SensorConfiguration { Name = "mine", Folder = "" }] };
        GenerationStore store = Open();
        Assert.Equal("mine", store.Install(TestPackage.Of("1", "1.0").Open(), "mine", out _).Sensor);
    }

    [Fact]
    public void Content_alone_needs_an_engine() => Assert.Equal(StoreFault.Unfit, Fault(() => Install(Open(), TestPackage.Of("1", null, "100"))));

    [Theory]
    [InlineData("changed")]
    [InlineData("added")]
    [InlineData("gone")]
    [InlineData("link")]
    [InlineData("mode")]
    public void A_damaged_generation_is_noticed_before_it_starts(string how)
    {
        GenerationStore store = Open();
        Generation first = Install(store, TestPackage.Of("1", "1.0", "100"));
        store.Verify(first);
        string program = Path.Combine(first.Engine, "marker");
        switch (how)
        {
            case "changed": File.WriteAllText(program, "#!/bin/false 1.1"); break;
            case "added": File.WriteAllText(Path.Combine(first.Engine, "more"), ""); break;
            case "gone": File.Delete(program); break;
            case "link":
                File.Move(program, program + ".old");
                File.CreateSymbolicLink(program, program + ".old");
                break;
            default: File.SetUnixFileMode(program, UnixFileMode.UserRead); break;
        }

        Assert.Equal(StoreFault.Damaged, Fault(() => store.Verify(first)));
        _configuration = _configuration with { WithoutGuards = new HashSet<Guard> { Guard.Digests } };
        Open().Verify(first);
    }

    [Fact]
    public void Old_generations_go_by_count_and_no_number_is_used_twice()
    {
        _configuration = _configuration with { Generations = new GenerationRules { KeepCount = 2 } };
        GenerationStore store = Open();
        for (int n = 1; n <= 4; n++)
        {
            Install(store, TestPackage.Of($"{n}", $"1.{n}", "100"));
            store.Promote("marker", n);
            store.CleanUp();
        }

        Assert.Equal([3L, 4L], store.Of("marker").Select(one => one.Number));
        store.FallBack("marker", "it failed");
        Install(store, TestPackage.Of("5", "1.5", "100"));
        store.CleanUp();
        Assert.Equal([3L, 5L], store.Of("marker").Select(one => one.Number));
        store.Refuse("marker", 5, "found wanting");
        Install(store, TestPackage.Of("6", "1.6", "100"));
        store.CleanUp();
        Assert.Equal([3L, 6L], Open().Of("marker").Select(one => one.Number));
        store.Refuse("marker", 6, "found wanting");
        store.Promote("marker", 3);
        _configuration = _configuration with { Generations = new GenerationRules { KeepCount = 1 } };
        store = Open();
        store.CleanUp();
        Assert.Equal([3L], store.Of("marker").Select(one => one.Number));
        Assert.Equal(7, Install(Open(), TestPackage.Of("7", "1.7", "100")).Number);
    }

    [Fact]
    public void Old_generations_go_by_size_but_never_the_one_in_service_its_fallback_or_the_one_that_waits()
    {
        _configuration = _configuration with { Generations = new GenerationRules { KeepMb = 1 } };
        GenerationStore store = Open();
        string big = new('x', 600 * 1024);
        for (int n = 1; n <= 4; n++)
        {
            Install(store, TestPackage.Of($"{n}", $"1.{n}", "100").Add("content/big", big));
            if (n < 4)
            {
                store.Promote("marker", n);
            }
        }

        store.CleanUp();
        AssertStates(store, GenerationState.Fallback, GenerationState.InService, GenerationState.Waiting);
        Assert.Equal([2L, 3L, 4L], store.Of("marker").Select(one => one.Number));
    }

    [Fact]
    public void What_is_broken_is_told_and_costs_no_more_than_itself()
    {
        GenerationStore store = Open();
        Install(store, TestPackage.Of("1", "1.0", "100"));
        store.Promote("marker", 1);
        Install(store, TestPackage.Of("2", "1.1", "101"));
        store.Promote("marker", 2);
        File.Delete(Path.Combine(store.Folder, "marker", "2", "generation.json"));
        store = Open();
        Assert.Equal(2, store.Problems.Count);
        Assert.Equal(1, store.InService("marker")?.Number);
        File.WriteAllText(Path.Combine(store.Folder, "marker", "state.json"), "{ nonsense");
        store = Open();
        Assert.Contains(store.Problems, problem => problem.Contains("state.json", StringComparison.Ordinal));
        Assert.Null(store.InService("marker"));
        store.Promote("marker", 1);
        Assert.Equal(1, Open().InService("marker")?.Number);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Generation Install(GenerationStore store, TestPackage package) => store.Install(package.Open(), null, out _);

    private static StoreFault Fault(Action order) => Assert.Throws<StoreException>(order).Fault;

    private static void AssertStates(GenerationStore store, params GenerationState[] states)
    {
        Assert.Empty(store.Problems);
        Assert.Equal(states, store.Of("marker").Select(one => one.State));
    }

    private void AssertNothingLeft() => Assert.DoesNotContain(
        StoreFiles.Entries(Path.Combine(_configuration.StateDirectory, "generations", "marker")), entry => Path.GetFileName(entry).StartsWith('.'));

    private GenerationStore Open() => GenerationStore.Open(_configuration);

    private void Configure(string folder, params string[] content) =>
        _configuration = _configuration with { Sensors = [new SensorConfiguration { Name = "marker", Folder = folder, Content = content }] };

    private string Engine(string version)
    {
        string engine = Directory.CreateDirectory(Path.Combine(_folder, "engine")).FullName;
        File.WriteAllText(Path.Combine(engine, "sensor.json"), TestPackage.SensorJson(version));
        File.WriteAllText(Path.Combine(engine, "marker"), "#!/bin/false");
        File.SetUnixFileMode(Path.Combine(engine, "marker"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return engine;
    }
}
