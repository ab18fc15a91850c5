using Ringwall.Kernel.Files;

namespace Ringwall.Kernel.Processes;

/// <summary>What the kernel executes besides the program itself: the loader that its file names.</summary>
public static class ProgramLoaders
{
    /// <summary>The loaders of the platforms that Ringwall is built for, as the C library's interface fixes their paths.</summary>
    public static readonly IReadOnlyList<string> Paths = ["/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"];

    /// <summary>A program and the loaders, those of them that are there. Nothing is opened.</summary>
    public static FileIdentity[] Identities(string program)
    {
        List<FileIdentity> found = [];
        foreach (string path in (IEnumerable<string>)[program, .. Paths])
        {
            if (OpenFile.TryStat(path, out FileState state))
            {
                found.Add(state.Identity);
            }
        }

        return [.. found];
    }
}
