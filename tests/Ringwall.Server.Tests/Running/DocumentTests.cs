using System.Reflection;
using System.Runtime.CompilerServices;
using Ringwall.Server.Running;

namespace Ringwall.Server.Tests.Running;

/// <summary>docs/server.md says what the program says.</summary>
public sealed class DocumentTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Here(), "../../../docs/server.md"));

    [Fact]
    public void Every_problem_type_is_listed_with_its_status()
    {
        ProblemType[] types = [.. typeof(ProblemType).Assembly.GetTypes()
            .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Where(field => field.FieldType == typeof(ProblemType))
            .Select(field => (ProblemType)field.GetValue(null)!)
            .Distinct()];
        Assert.True(types.Length >= 14, $"only {types.Length} types were seen");
        Assert.Equal(types.Length, types.Select(type => type.Name).Distinct().Count());
        Assert.All(types, type => Assert.True(Page.Contains($"| `{type.Name}` | {type.Status} |", StringComparison.Ordinal), $"docs/server.md lacks `{type.Name}` | {type.Status}"));
    }

    [Fact]
    public void Every_setting_is_listed()
    {
        string[] names = [.. SettingsReader.Help.Split('\n').Select(line => line.Trim()).Where(line => line.StartsWith("--", StringComparison.Ordinal)).Select(line => line.Split(' ')[0])];
        Assert.True(names.Length >= 13, $"only {names.Length} settings were seen");
        Assert.All(names, name => Assert.True(Page.Contains($"`{name} ", StringComparison.Ordinal), $"docs/server.md lacks {name}"));
    }

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
