using System.Diagnostics;
using Ringwall.Host.Sandboxes;

namespace Ringwall.Host.Tests.Sandboxes;

public sealed class SharedLibrariesTests
{
    [Fact]
    public void What_a_library_needs_is_what_the_linker_wrote_down()
    {
        string library = SharedLibraries.OfSystem().Resolve([], out _)["libstdc++.so.6"];
        using Process? readelf = Process.Start(new ProcessStartInfo("readelf", ["-d", library]) { RedirectStandardOutput = true });
        Assert.SkipUnless(readelf is not null, "needs readelf (apt install binutils)");
        string[] expected =
            [.. readelf!.StandardOutput.ReadToEnd().Split('\n').Where(l => l.Contains("(NEEDED)", StringComparison.Ordinal)).Select(l => l.Split('[', ']')[1])];
        Assert.NotEmpty(expected);
        Assert.Equal(expected, ElfNeeds.Of(library));
    }

    [Fact]
    public void Libraries_bring_what_they_need_and_what_is_nowhere_is_named()
    {
        IReadOnlyDictionary<string, string> found = SharedLibraries.OfSystem().Resolve(["libnowhere.so.1"], out IReadOnlyList<string> missing);
        Assert.Equal(["libnowhere.so.1"], missing);
        Assert.All(found.Values, file => Assert.True(File.Exists(file), file));
        Assert.Contains("libc.so.6", found.Keys);

        // Nothing but the loader, which is shown by itself, is needed beyond what was found.
        Assert.All(
            found.Values.SelectMany(ElfNeeds.Of), n => Assert.True(found.ContainsKey(n) || n.StartsWith("ld-linux", StringComparison.Ordinal), n));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Damaged_files_need_nothing_or_something_but_never_fail(int seed)
    {
        byte[] good = File.ReadAllBytes(SharedLibraries.OfSystem().Resolve([], out _)["libdl.so.2"]);
        string file = Path.GetTempFileName();
        try
        {
            Random random = new(seed);
            for (int round = 0; round < 300; round++)
            {
                byte[] bytes = [.. good];
                for (int damage = 0; damage < 8; damage++)
                {
                    // The head, the table of segments, and the dynamic section are what is read.
                    bytes[random.Next(Math.Min(bytes.Length, 1024))] = (byte)random.Next(256);
                }

                File.WriteAllBytes(file, bytes[..random.Next(1, bytes.Length)]);
                Assert.All(ElfNeeds.Of(file), n => Assert.NotEmpty(n));
            }
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void A_sensors_user_is_its_own_and_always_the_same()
    {
        Assert.Equal(SensorUser.For("yara"), SensorUser.For("yara"));
        Assert.NotEqual(SensorUser.For("yara"), SensorUser.For("sigma"));
        Assert.All((string[])["yara", "sigma", "a", "z9.-_"], n => Assert.InRange(SensorUser.For(n), 0x7000_0000u, 0x70ff_ffffu));
    }
}
