using System.Text.Json;

namespace Ringwall.Architecture.Tests;

/// <summary>Who may know whom, and who may bring what. The table is the blueprint's, with what docs/decisions added.</summary>
public sealed class ProjectTests
{
    private static readonly Dictionary<string, string[]> MayKnow = new()
    {
        ["Ringwall.Kernel"] = [],
        ["Ringwall.Contract"] = [],
        ["Ringwall.Sdk"] = ["Ringwall.Contract"],
        ["Ringwall.Host"] = ["Ringwall.Kernel", "Ringwall.Contract", "Ringwall.Trust", "Ringwall.Rollouts", "Ringwall.Wire"],     // Wire: docs/decisions/0001; Rollouts: 0004
        ["Ringwall.Launcher"] = ["Ringwall.Kernel"],
        ["Ringwall.Keeper"] = ["Ringwall.Kernel"],
        ["Ringwall.Trust"] = [],
        ["Ringwall.Rollouts"] = [],
        ["Ringwall.Wire"] = [],
        ["Ringwall.Agent"] = ["Ringwall.Trust", "Ringwall.Wire"],
        ["Ringwall.Server"] = ["Ringwall.Trust", "Ringwall.Rollouts", "Ringwall.Wire"],
        ["Ringwall.Cli"] = ["Ringwall.Wire", "Ringwall.Trust"],
        ["Ringwall.Simulator"] = ["Ringwall.Rollouts", "Ringwall.Trust", "Ringwall.Wire"],     // Trust, Wire: its live devices speak as agents do
    };

    // Packages in shipped programs, each with the page that says why. Everything else in src has none.
    private static readonly Dictionary<string, string[]> MayBring = new()
    {
        ["Ringwall.Cli"] = ["System.CommandLine", "Spectre.Console"],     // docs/decisions/0001
        ["Ringwall.Simulator"] = ["System.CommandLine"],     // docs/decisions/0003
    };

    // What the SDK and Directory.Build.props add to each project; it runs at build time only.
    private static readonly string[] BuildTime = ["Microsoft.CodeAnalysis.BannedApiAnalyzers", "Microsoft.NET.ILLink.Tasks"];

    [Fact]
    public void Projects_know_whom_they_may_know()
    {
        int edges = 0;
        foreach (ProjectFile project in ProjectFile.All().Where(project => project.IsProduct))
        {
            Assert.True(MayKnow.TryGetValue(project.Name, out string[]? allowed), $"{project.Path} is in nobody's table: add it here, with its edges");
            edges += project.References.Count();
            Assert.All(project.References, reference => Assert.True(allowed.Contains(reference), $"{project.Name} may not know {reference}"));
        }

        Assert.True(edges >= 6, $"only {edges} references were seen, so this test looks at the wrong place");
    }

    [Fact]
    public void Sensors_and_samples_have_no_private_door()
    {
        ProjectFile[] vendors = [.. ProjectFile.All().Where(project =>
            project.Path.StartsWith("sensors/", StringComparison.Ordinal) || project.Path.StartsWith("samples/", StringComparison.Ordinal))];
        Assert.True(vendors.Length >= 2, $"only {vendors.Length} sensors were seen");
        Assert.All(vendors, project => Assert.Equal(["Ringwall.Sdk"], project.References));
    }

    [Fact]
    public void Privileged_programs_bring_no_package()
    {
        int seen = 0;
        foreach (ProjectFile project in ProjectFile.All().Where(project => project.IsProduct && MayKnow.ContainsKey(project.Name) && project.Name is not ("Ringwall.Server" or "Ringwall.Agent")))
        {
            string[] allowed = MayBring.GetValueOrDefault(project.Name, []);
            Assert.All(project.Packages, package => Assert.True(allowed.Contains(package), $"{project.Name} may not bring {package}: write a page under docs/decisions first"));

            // The lock file has what was really restored, transitive ones included.
            string lockFile = Path.Combine(SourceTree.Root, Path.GetDirectoryName(project.Path)!, "packages.lock.json");
            using JsonDocument locked = JsonDocument.Parse(File.ReadAllText(lockFile));
            foreach (JsonProperty framework in locked.RootElement.GetProperty("dependencies").EnumerateObject())
            {
                foreach (JsonProperty package in framework.Value.EnumerateObject().Where(package => package.Value.GetProperty("type").GetString() != "Project"))
                {
                    seen++;
                    Assert.True(BuildTime.Contains(package.Name) || allowed.Length > 0, $"{lockFile} has {package.Name}");
                }
            }
        }

        Assert.True(seen >= 8, $"only {seen} packages were seen, so the lock files were not read");
    }

    [Fact]
    public void Only_a_project_s_own_tests_see_its_internals() => Assert.All(ProjectFile.All(), project => Assert.All(project.Friends, friend =>
    {
        // The SDK is tested together with the contract that it speaks.
        string own = project.Name == "Ringwall.Sdk" ? "Ringwall.Contract.Tests" : $"{project.Name}.Tests";
        Assert.Equal(own, friend);
    }));

    [Fact]
    public void Unsafe_code_is_allowed_where_bytes_are_spoken_only()
    {
        string[] allowed = ["Ringwall.Kernel", "Ringwall.Contract", "Ringwall.Sensors.Yara"];
        string[] unsafeProjects = [.. ProjectFile.All().Where(project => !project.Path.StartsWith("tests/", StringComparison.Ordinal)
            && !project.Path.StartsWith("bench/", StringComparison.Ordinal) && project.AllowsUnsafe).Select(project => project.Name)];
        Assert.Contains("Ringwall.Kernel", unsafeProjects);
        Assert.All(unsafeProjects, project => Assert.Contains(project, allowed));
    }

    [Fact]
    public void Versions_of_packages_stand_in_one_file()
    {
        int references = 0;
        foreach (string file in SourceTree.Files.Where(file => file.EndsWith(".csproj", StringComparison.Ordinal) || file.EndsWith(".props", StringComparison.Ordinal)))
        {
            string text = SourceTree.Read(file);
            references += text.Split("<PackageReference").Length - 1;
            Assert.DoesNotContain("VersionOverride", text, StringComparison.Ordinal);
            Assert.DoesNotMatch("""<PackageReference [^>]*Version=""", text);
        }

        Assert.True(references >= 5, $"only {references} package references were seen");
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        string solution = SourceTree.Read("Ringwall.slnx");
        Assert.All(ProjectFile.All(), project => Assert.Contains($"\"{project.Path}\"", solution, StringComparison.Ordinal));
    }
}
