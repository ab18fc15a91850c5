using System.Runtime.InteropServices;

namespace Ringwall.Host.Sandboxes;

/// <summary>
/// Finds the system's shared libraries by name, and those that they need in turn. Only files of the system are looked into, never a
/// vendor's.
/// </summary>
internal sealed class SharedLibraries(IReadOnlyList<string> directories)
{
    // What a C, C++ or .NET program needs to start. libdl, libpthread and librt are empty since glibc 2.34, but older programs name them.
    private static readonly string[] Base =
        ["libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1", "libstdc++.so.6", "libgcc_s.so.1"];

    /// <summary>Where this machine keeps libraries of its own architecture: Debian's multiarch folder first, then what others use.</summary>
    public static SharedLibraries OfSystem()
    {
        string triplet = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "aarch64-linux-gnu" : "x86_64-linux-gnu";
        return new SharedLibraries(
            [$"/usr/lib/{triplet}", $"/lib/{triplet}", "/usr/lib64", "/lib64", "/usr/lib", "/lib", "/usr/local/lib"]);
    }

    /// <summary>The program that loads programs; the kernel finds it by this very path, which is written in each of them.</summary>
    public static string Loader =>
        RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "/lib/ld-linux-aarch64.so.1" : "/lib64/ld-linux-x86-64.so.2";

    /// <summary>Debian's name for the folder of this architecture; the loader looks there first.</summary>
    public static string Triplet => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "aarch64-linux-gnu" : "x86_64-linux-gnu";

    /// <param name="wanted">Names beyond the base set.</param>
    /// <param name="missing">Those of <paramref name="wanted"/>, and of what they need, that are nowhere.</param>
    /// <returns>Name and file, each once.</returns>
    public IReadOnlyDictionary<string, string> Resolve(IReadOnlyList<string> wanted, out IReadOnlyList<string> missing)
    {
        Dictionary<string, string> found = [];
        List<string> nowhere = [];
        Queue<string> open = new(Base.Concat(wanted).Distinct());
        HashSet<string> seen = [.. open];
        while (open.TryDequeue(out string? name))
        {
            if (Find(name) is not { } file)
            {
                // The base set is for everybody's needs; a machine without C++ may have sensors without it.
                if (!Base.Contains(name))
                {
                    nowhere.Add(name);
                }

                continue;
            }

            found.Add(name, file);
            foreach (string needed in ElfNeeds.Of(file).Where(n => !n.StartsWith("ld-linux", StringComparison.Ordinal) && seen.Add(n)))
            {
                open.Enqueue(needed);
            }
        }

        missing = nowhere;
        return found;
    }

    private string? Find(string name) => directories.Select(d => Path.Combine(d, name)).FirstOrDefault(File.Exists);
}
