using System.Text.Json;
using Ringwall.Host.Configuration;
using Ringwall.Host.Decide;
using Ringwall.Host.Sandboxes;
using Ringwall.Kernel.Cgroups;

namespace Ringwall.Host.Tests.Sandboxes;

/// <summary>A folder of the test's own in which sensors are made up and started, under names that no other test has.</summary>
internal sealed class Workshop : IDisposable
{
    private static int _count;
    private readonly string _folder = Directory.CreateTempSubdirectory("ringwall-workshop-").FullName;

    public Workshop()
    {
        // The sensor's user walks through here on its way to its own files.
        File.SetUnixFileMode(_folder, (UnixFileMode)0b111_101_101);
        Place = new SandboxPlace
        {
            Launcher = SandboxPlace.LauncherBeside,
            RunDirectory = Path.Combine(_folder, "run"),
            Cgroups = CgroupPlaces.Find(),
            Own = new OwnProcesses(),
            LaunchPatience = TimeSpan.FromSeconds(60),
        };
    }

    public SandboxPlace Place { get; init; }

    public string Folder => _folder;

    /// <summary>A name that no other test, and no other run, has: what is left behind can be told to be ours.</summary>
    public static string UniqueName(string stem) => $"{stem}-{Environment.ProcessId}-{Interlocked.Increment(ref _count)}";

    public static void SkipUnlessRoot() => Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: namespaces, users, control groups");

    /// <summary>A sensor's folder around a program.</summary>
    public SensorConfiguration Make(string program, string[]? arguments = null, SensorLimits? limits = null, string? name = null)
    {
        name ??= UniqueName(Path.GetFileName(program));
        string folder = Path.Combine(_folder, name);
        string content = Path.Combine(_folder, $"{name}-content");
        Directory.CreateDirectory(folder);
        Directory.CreateDirectory(content);
        File.WriteAllText(Path.Combine(content, "rules"), "content\n");
        File.Copy(program, Path.Combine(folder, "program"));
        WriteManifest(folder, name, arguments ?? []);
        return new SensorConfiguration { Name = name, Folder = folder, Content = [content], Limits = limits ?? new SensorLimits() };
    }

    public static void WriteManifest(string folder, string name, string[] arguments, string executable = "program")
    {
        string list = string.Join(", ", arguments.Select(a => $"\"{JsonEncodedText.Encode(a)}\""));
        File.WriteAllText(
            Path.Combine(folder, SensorManifest.FileName),
            $$"""{ "name": "{{name}}", "vendor": "Test", "version": "1.0", "executable": "{{executable}}", "arguments": [{{list}}] }""");
    }

    public SandboxPlan Plan(SensorConfiguration sensor) => SandboxPlan.Make(sensor, Place.Libraries);

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
