using System.Security.Cryptography;

namespace Ringwall.Cli.Tests.Ceremony;

/// <summary>A folder with passphrases, and the command line told to use it.</summary>
internal sealed class CeremonyFolder : IDisposable
{
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
}
