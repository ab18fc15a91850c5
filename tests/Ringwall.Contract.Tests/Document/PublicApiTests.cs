using System.Reflection;
using Ringwall.Sdk;

namespace Ringwall.Contract.Tests.Document;

/// <summary>What vendors compile against does not change by accident. RINGWALL_ACCEPT=1 rewrites the lists.</summary>
public sealed class PublicApiTests
{
    [Theory, InlineData("Ringwall.Contract"), InlineData("Ringwall.Sdk")]
    public void The_public_api_is_the_one_that_was_agreed(string name)
    {
        Assembly assembly = name == "Ringwall.Sdk" ? typeof(Sensor).Assembly : typeof(Protocol).Assembly;
        string path = Path.Combine(Repository.Root, "tests", "Ringwall.Contract.Tests", "Golden", name + ".api.txt");
        string api = PublicApi.Of(assembly);
        if (Environment.GetEnvironmentVariable("RINGWALL_ACCEPT") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, api);
            return;
        }

        Assert.Equal(File.ReadAllText(path), api);
        Assert.Contains(name == "Ringwall.Sdk" ? "Sensor.OnAsk(in Ask ask) : SensorVerdict protected" : "VerdictMessage.Ticket : UInt64", api, StringComparison.Ordinal);
    }
}
