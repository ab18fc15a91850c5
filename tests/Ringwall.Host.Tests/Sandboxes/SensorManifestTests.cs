using System.Text;
using Ringwall.Contract;
using Ringwall.Host.Configuration;
using Ringwall.Host.Sandboxes;

namespace Ringwall.Host.Tests.Sandboxes;

public sealed class SensorManifestTests
{
    [Fact]
    public void A_manifest_is_read()
    {
        SensorManifest read = Parse("""
            { "name": "yara", "vendor": "V", "version": "1.0", "executable": "bin/yara", "arguments": ["--rules", "/content/0"],
              "libraries": ["libyara.so.9"], "asks": ["exec", "open"], "rights": ["block", "isolate"] }
            """, out _)!;
        Assert.Equal(("yara", "V", "1.0", "bin/yara"), (read.Name, read.Vendor, read.Version, read.Executable));
        Assert.Equal(["--rules", "/content/0"], read.Arguments);
        Assert.Equal(["libyara.so.9"], read.Libraries);
        Assert.Equal(AskKinds.Exec | AskKinds.Open, read.Asks);
        Assert.Equal(ResponseKinds.Block | ResponseKinds.Isolate, read.Rights);
    }

    [Theory]
    [InlineData("""{ "version": "1", "executable": "x" }""", "name: it is missing")]
    [InlineData("""{ "name": "a", "executable": "x" }""", "version: it is missing")]
    [InlineData("""{ "name": "a", "version": "1" }""", "executable: it is missing")]
    [InlineData("""{ "name": "a", "version": "", "executable": "x" }""", "version: it is empty")]
    [InlineData("""{ "name": "A b", "version": "1", "executable": "x" }""", "name: it is \"A b\"")]
    [InlineData("""{ "name": "a", "version": "1", "executable": "/bin/sh" }""", "does not lie in the sensor's folder")]
    [InlineData("""{ "name": "a", "version": "1", "executable": "x/../../sh" }""", "does not lie in the sensor's folder")]
    [InlineData("""{ "name": "a", "version": "1", "executable": "x", "libraries": ["../libc.so.6"] }""", "is not a library's name")]
    [InlineData("""{ "name": "a", "version": "1", "executable": "x", "libraries": "libc" }""", "libraries: it is \"libc\"")]
    [InlineData("""{ "name": "a", "version": "1", "executable": "x", "arguments": [1] }""", "arguments[0]: it is 1")]
    [InlineData("""{ "name": "a", "version": "1", "executable": "x\u0000y" }""", "executable: it is")]
    [InlineData("""{ "name": "a", "version": "1", "executable": "x", "asks": ["write"] }""", "\"write\" cannot be asked")]
    [InlineData("""{ "name": "a", "version": "1", "executable": "x", "rights": ["delete"] }""", "rights[0]: it is \"delete\"")]
    [InlineData("""{ "name": "a", "version": "1", "executable": "x", "memory": 3 }""", "memory: there is no such key")]
    [InlineData("""{ "name": "a", "name": "b" }""", "not JSON")]
    [InlineData("[1]", "not an object")]
    [InlineData("{", "not JSON")]
    public void A_broken_manifest_is_refused_and_the_fault_named(string text, string fault)
    {
        Assert.Null(Parse(text, out IReadOnlyList<ConfigurationProblem> problems));
        Assert.Contains(problems, p => $"{p}".Contains(fault, StringComparison.Ordinal) && $"{p}".StartsWith("dir/sensor.json", StringComparison.Ordinal));
    }

    // Foreign bytes: whatever they are, they are read or refused, and what is read keeps its promises.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Damaged_manifests_never_surprise(int seed)
    {
        byte[] good = Encoding.UTF8.GetBytes(
            """{ "name": "a", "vendor": "v", "version": "1", "executable": "x", "arguments": ["b"], "libraries": ["l.so"], "asks": ["exec"] }""");
        Random random = new(seed);
        int accepted = 0;
        int refused = 0;
        for (int round = 0; round < 2000; round++)
        {
            byte[] bytes = [.. good];
            for (int damage = random.Next(1, 3); damage > 0; damage--)
            {
                // Letters mostly, so that some of it is still a manifest.
                bytes[random.Next(bytes.Length)] = (byte)(random.Next(4) > 0 ? random.Next('a', 'z' + 1) : random.Next(256));
            }

            if (SensorManifestFile.Parse(bytes, "dir/sensor.json", out IReadOnlyList<ConfigurationProblem> problems) is not { } read)
            {
                Assert.NotEmpty(problems);
                refused++;
                continue;
            }

            accepted++;
            Assert.Empty(problems);
            Assert.Matches("^[a-z][a-z0-9._-]*$", read.Name);
            Assert.False(read.Executable.StartsWith('/') || read.Executable.Split('/').Contains(".."));
            Assert.All(read.Libraries, l => Assert.DoesNotContain('/', l));
        }

        Assert.True(accepted > 20 && refused > 20, $"seed {seed}: {accepted} accepted, {refused} refused: one side was never met");
    }

    private static SensorManifest? Parse(string text, out IReadOnlyList<ConfigurationProblem> problems) =>
        SensorManifestFile.Parse(Encoding.UTF8.GetBytes(text), "dir/sensor.json", out problems);
}
