using System.Text.Json;

namespace Ringwall.EndToEnd.Tests;

/// <summary>A few exhibits of the museum with their controls: harmless with every guard, harmful without the one in question.</summary>
[Collection("guard")]
public sealed class MuseumTests
{
    // That nobody waits longer than the deadline and 50 ms is for a machine at rest to show (./rw museum, ./rw soak); here much else may run.
    private const string Grace = "4000";

    [Theory]
    [InlineData("02-2007-symantec-china")]
    [InlineData("06-2012-symantec-sonar")]
    public void An_exhibit_is_harmless_and_its_control_is_not(string name)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Assert.Skip("needs root: it mounts a filesystem and guards it");
        }

        string folder = Directory.CreateTempSubdirectory("ringwall-museum-test-").FullName;
        (int exit, string said, string complained) = Shell.RunWithin(TimeSpan.FromMinutes(6), Museum, "run", name, "--out", folder, "--grace-ms", Grace);
        using JsonDocument museum = JsonDocument.Parse(File.Exists($"{folder}/museum.json") ? File.ReadAllText($"{folder}/museum.json") : "{}");
        Directory.Delete(folder, recursive: true);
        Assert.True(exit == 0, said + complained);
        JsonElement exhibit = Assert.Single(museum.RootElement.GetProperty("exhibits").EnumerateArray());
        Assert.Equal(name, exhibit.GetProperty("name").GetString());
        Assert.True(exhibit.GetProperty("harmless").GetBoolean(), said);
        Assert.True(exhibit.GetProperty("control_harmful").GetBoolean(), said);
    }

    [Fact]
    public void An_operator_rehearses_one_with_what_is_installed_and_nothing_of_it_is_left()
    {
        string ringwall = $"{Installed.Published}/bin/ringwall";
        (int exit, string said, string complained) = Shell.Run(ringwall, "drill", "--json");
        Assert.True(exit == 0, complained);
        JsonElement[] exhibits = [.. said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement.Clone())];
        Assert.Equal(20, exhibits.Count(exhibit => exhibit.GetProperty("historic").GetBoolean()));
        Assert.True(exhibits.Length >= 25);
        if (!Environment.IsPrivilegedProcess)
        {
            Assert.Skip("needs root: it mounts a filesystem and guards it");
        }

        string folder = Directory.CreateTempSubdirectory("ringwall-drill-").FullName;
        string[] before = Mounts();
        (exit, said, complained) = Shell.RunWithin(TimeSpan.FromMinutes(4), ringwall, "drill", "23", "--out", folder, "--json");
        string[] left = [.. Mounts().Except(before)];
        bool pictured = File.Exists($"{folder}/index.html") && File.Exists($"{folder}/museum.json");
        Directory.Delete(folder, recursive: true);
        Assert.True(exit is 0 or 1 && said.Length > 0, complained);    // on a busy machine something may have been late, which is harm
        using JsonDocument played = JsonDocument.Parse(said);
        Assert.Equal("23-new-bad-configuration", played.RootElement.GetProperty("name").GetString());
        Assert.False(played.RootElement.TryGetProperty("control_harmful", out _));
        Assert.All(played.RootElement.GetProperty("harms").EnumerateArray(), harm => Assert.Contains("waited longer than", harm.GetString(), StringComparison.Ordinal));
        Assert.True(pictured);
        Assert.Empty(left);
    }

    [Fact]
    public void Two_minutes_of_kills_stops_full_disks_upgrades_and_hostile_sensors_break_no_invariant()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Assert.Skip("needs root: it mounts a filesystem and guards it");
        }

        string file = Path.GetTempFileName();
        (int exit, string said, string complained) = Shell.RunWithin(TimeSpan.FromMinutes(6), Museum, "soak", "--minutes", "2", "--seed", "1", "--out", file, "--grace-ms", Grace);
        using JsonDocument soak = JsonDocument.Parse(File.ReadAllText(file) is { Length: > 0 } text ? text : "{}");
        File.Delete(file);
        Assert.True(exit == 0, said + complained);
        Assert.Equal(0, soak.RootElement.GetProperty("invariants_broken").GetInt32());
        Assert.True(soak.RootElement.GetProperty("faults").GetInt32() >= 3, $"too little was done to it for this to prove anything: {said}");
    }

    private static string[] Mounts() => [.. File.ReadAllLines("/proc/self/mounts").Where(mount => mount.StartsWith("ringwall-museum ", StringComparison.Ordinal))];

    private static string Museum
    {
        get
        {
            string program = Path.Combine(Installed.Published, "museum", "ringwall-museum");
            Assert.True(File.Exists(program), $"{program} is not there; ./rw publish makes it");
            return program;
        }
    }
}
