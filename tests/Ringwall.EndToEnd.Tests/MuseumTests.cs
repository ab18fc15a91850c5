using System.Text.Json;

namespace Ringwall.EndToEnd.Tests;

/// <summary>A few exhibits of the museum with their controls: harmless with every guard, harmful without the one in question.</summary>
[Collection("guard")]
public sealed class MuseumTests
{
    [Theory]
    [InlineData("14-2022-carbon-black-boot-crash")]
    public void An_exhibit_is_harmless_and_its_control_is_not(string name)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Assert.Skip("needs root: it mounts a filesystem and guards it");
        }

        string folder = Directory.CreateTempSubdirectory("ringwall-museum-test-").FullName;
        (int exit, string said, string complained) = Shell.Run(Museum, "run", name, "--out", folder);
        using JsonDocument museum = JsonDocument.Parse(File.Exists($"{folder}/museum.json") ? File.ReadAllText($"{folder}/museum.json") : "{}");
        Directory.Delete(folder, recursive: true);
        Assert.True(exit == 0, said + complained);
        JsonElement exhibit = Assert.Single(museum.RootElement.GetProperty("exhibits").EnumerateArray());
        Assert.Equal(name, exhibit.GetProperty("name").GetString());
        Assert.True(exhibit.GetProperty("harmless").GetBoolean(), said);
        Assert.True(exhibit.GetProperty("control_harmful").GetBoolean(), said);
    }

    private static string Museum
    {
        get
        {
            string program = Path.GetFullPath(Path.Combine(Installed.Published, "..", "bin", "Ringwall.Museum", "release", "ringwall-museum"));
            Assert.True(File.Exists(program), $"{program} is not there; ./rw build makes it");
            return program;
        }
    }
}
