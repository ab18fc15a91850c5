using System.Text.Json;
using Ringwall.Cli.Up;

namespace Ringwall.Cli.Tests.Up;

public sealed class UpConfigurationTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("ringwall-up-").FullName;

    [Fact]
    public void Every_sensor_that_is_installed_gets_the_user_s_rules()
    {
        Directory.CreateDirectory(Path.Combine(_root, "sensors/yara"));
        File.WriteAllText(Path.Combine(_root, "sensors/yara/sensor.json"), "{}");
        Directory.CreateDirectory(Path.Combine(_root, "sensors/plain"));
        File.WriteAllText(Path.Combine(_root, "sensors/plain/sensor.json"), "{}");
        Directory.CreateDirectory(Path.Combine(_root, "sensors/none"));
        UpRequest request = new() { RunDirectory = "/run/x", StateDirectory = "/var/x", Guard = ["/srv", "/tmp"], Rules = ["/my/rules"], TellOnly = true };
        using JsonDocument made = JsonDocument.Parse(UpConfiguration.Compose(request, new Installation(_root).SensorFolders()));
        JsonElement root = made.RootElement;
        Assert.Equal(["/home", "/root", "/tmp", "/var/tmp", "/srv"], root.GetProperty("guard").EnumerateArray().Select(path => path.GetString()));
        Assert.True(root.GetProperty("tellOnly").GetBoolean());
        Assert.False(root.TryGetProperty("mounts", out _));
        Assert.Equal(["plain", "yara"], root.GetProperty("sensors").EnumerateArray().Select(sensor => sensor.GetProperty("name").GetString()));
        Assert.Equal(["/my/rules"], root.GetProperty("sensors")[0].GetProperty("content").EnumerateArray().Select(path => path.GetString()));
        Assert.Equal(["/my/rules"], root.GetProperty("sensors")[1].GetProperty("content").EnumerateArray().Select(path => path.GetString()));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
