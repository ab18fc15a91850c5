using System.Security.Cryptography;

namespace Ringwall.Cli.Tests.Ceremony;

/// <summary>A folder with passphrases, and the command line told to use it.</summary>
internal sealed class CeremonyFolder : IDisposable
{
    // Keys take a tenth of a second each on purpose: one operator's folder is made for all tests, and each gets a copy.
    private static readonly Lazy<Task<string>> Made = new(MakeAsync);

    private readonly string _folder = Directory.CreateTempSubdirectory("ringwall-ceremony-").FullName;

    public CeremonyFolder()
    {
        File.WriteAllText(Passphrase, "a passphrase for tests\n");
        File.WriteAllText(OtherPassphrase, "another passphrase for tests\n");
    }

    public string Passphrase => In("passphrase");

    public string OtherPassphrase => In("other-passphrase");

    public string In(params string[] path) => Path.Combine([_folder, .. path]);

    /// <summary>Runs a command and expects it to be done.</summary>
    public static async Task<string> DoneAsync(params string[] arguments)
    {
        CommandRun run = await CommandRun.OfAsync(arguments);
        Assert.True(run.Exit == 0, $"{string.Join(' ', arguments)}: {run.Complained}{run.Said}");
        return run.Said;
    }

    /// <summary>An operator's folder with three root keys of which two sign, under op.</summary>
    public async Task<string> OperatorAsync()
    {
        string made = await Made.Value;
        foreach (string file in Directory.GetFiles(made, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(In("op"), Path.GetRelativePath(made, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        return In("op");
    }

    public async Task<string> NewKeyAsync(string name)
    {
        await DoneAsync("keys", "new", In(name), "--passphrase-file", Passphrase);
        return In(name);
    }

    /// <summary>A package as `ringwall pack` makes it.</summary>
    public async Task<string> PackAsync(string name, string version, string sensor = "marker")
    {
        string content = In($"content-{name}");
        Directory.CreateDirectory(content);
        File.WriteAllText(Path.Combine(content, "rules"), $"rules of {version} {Convert.ToHexString(RandomNumberGenerator.GetBytes(4))}");
        await DoneAsync("pack", In($"{name}.tar.gz"), "--release", version, "--content", content, "--sensor", sensor, "--vendor", "Acme");
        return In($"{name}.tar.gz");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task<string> MakeAsync()
    {
        using CeremonyFolder passphrases = new();
        string folder = Path.Combine(Directory.CreateTempSubdirectory("ringwall-operator-").FullName, "op");
        await DoneAsync("operator", "init", "--dir", folder, "--passphrase-file", passphrases.Passphrase, "--online-passphrase-file", passphrases.OtherPassphrase);
        return folder;
    }
}
