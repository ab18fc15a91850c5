using System.Text.Json;
using Ringwall.Wire;

namespace Ringwall.Cli.Tests.Ceremony;

public sealed class KeysCommandTests : IDisposable
{
    private readonly CeremonyFolder _folder = new();

    [Fact]
    public async Task A_key_is_made_shown_and_listed_and_its_passphrase_changed()
    {
        string file = await _folder.NewKeyAsync("mine.pem");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        string shown = await CeremonyFolder.DoneAsync("keys", "show", file);
        Assert.Contains("ECDSA, P-256", shown, StringComparison.Ordinal);
        Assert.Contains("-----BEGIN PUBLIC KEY-----", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE", shown, StringComparison.Ordinal);
        using JsonDocument line = JsonDocument.Parse(await CeremonyFolder.DoneAsync("keys", "list", _folder.In(), "--json"));
        string id = line.RootElement.GetProperty("id").GetString()!;
        Assert.Contains(id, shown, StringComparison.Ordinal);
        Assert.True(line.RootElement.GetProperty("sealed").GetBoolean());
        Assert.Contains("mine.pem", await CeremonyFolder.DoneAsync("keys", "list", _folder.In()), StringComparison.Ordinal);

        await CeremonyFolder.DoneAsync("keys", "passphrase", file, "--passphrase-file", _folder.Passphrase, "--new-passphrase-file", _folder.OtherPassphrase);
        CommandRun wrong = await CommandRun.OfAsync("keys", "passphrase", file, "--passphrase-file", _folder.Passphrase, "--new-passphrase-file", _folder.OtherPassphrase);
        Assert.Equal(ExitCode.Usage, wrong.Exit);
        Assert.Contains("the passphrase does not open it", wrong.Complained, StringComparison.Ordinal);
        Assert.Contains(id, await CeremonyFolder.DoneAsync("keys", "show", file), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_done_is_said_in_a_line()
    {
        string file = await _folder.NewKeyAsync("mine.pem");
        byte[] before = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        File.WriteAllText(_folder.In("short"), "short\n");
        await RefusedAsync("already exists", "keys", "new", file, "--passphrase-file", _folder.Passphrase);
        await RefusedAsync("12 characters", "keys", "new", _folder.In("b.pem"), "--passphrase-file", _folder.In("short"));
        await RefusedAsync("nobody is here to be asked", "keys", "new", _folder.In("b.pem"));
        await RefusedAsync("holds no public key", "keys", "show", _folder.Passphrase);
        await RefusedAsync("no such folder", "keys", "list", _folder.In("nowhere"));
        Assert.Equal(before, await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
        Assert.False(File.Exists(_folder.In("b.pem")));
    }

    public void Dispose() => _folder.Dispose();

    private static async Task RefusedAsync(string reason, params string[] arguments)
    {
        CommandRun run = await CommandRun.OfAsync(arguments);
        Assert.NotEqual(0, run.Exit);
        Assert.Contains(reason, run.Complained, StringComparison.Ordinal);
        Assert.Single(run.Complained.TrimEnd('\n').Split('\n'));
    }
}
