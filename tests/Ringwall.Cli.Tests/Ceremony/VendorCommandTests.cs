using Ringwall.Trust;
using Ringwall.Wire;

namespace Ringwall.Cli.Tests.Ceremony;

/// <summary>Packages become signed releases, each with its way back.</summary>
public sealed class VendorCommandTests : IDisposable
{
    private readonly CeremonyFolder _folder = new();

    [Fact]
    public async Task Several_signers_sign_one_after_another()
    {
        string[] keys = [await _folder.NewKeyAsync("ada.pem"), await _folder.NewKeyAsync("bob.pem")];
        string dir = _folder.In("acme");
        await CeremonyFolder.DoneAsync("vendor", "init", "acme", "--dir", dir, "--key", keys[0], "--key", keys[1], "--threshold", "2");
        string package = await _folder.PackAsync("one", "2026.1");
        string said = await CeremonyFolder.DoneAsync("vendor", "sign", package, "--dir", dir, "--key", keys[0], "--passphrase-file", _folder.Passphrase);
        Assert.Contains("acme/marker/content-1.tar.gz: a release of", said, StringComparison.Ordinal);
        Assert.Contains("signed by 1 of 2", said, StringComparison.Ordinal);
        said = await CeremonyFolder.DoneAsync("vendor", "sign", "--dir", dir, "--key", keys[1], "--passphrase-file", _folder.Passphrase);
        Assert.Contains("signed by 2 of 2", said, StringComparison.Ordinal);
        TargetFile file = TargetsMetadata.ReadDraft(await File.ReadAllBytesAsync(_folder.In("acme", "targets.draft.json"), Stop)).Targets["acme/marker/content-1.tar.gz"];
        Assert.Equal(new FileInfo(package).Length, file.Length);
        Assert.Equal("2026.1", VendorStatement.Read(file.Custom!).Version);
        Assert.Equal(await File.ReadAllBytesAsync(package, Stop), await File.ReadAllBytesAsync(_folder.In("acme", "packages", $"{file.Digests.Preferred}.tar.gz"), Stop));
    }

    [Fact]
    public async Task A_release_comes_with_the_way_back_to_the_one_before()
    {
        string dir = _folder.In("acme");
        await CeremonyFolder.DoneAsync("vendor", "init", "acme", "--dir", dir, "--passphrase-file", _folder.Passphrase);
        string key = _folder.In("acme", "keys", "acme-1.pem");
        foreach (string name in (string[])["one", "two", "three"])
        {
            await CeremonyFolder.DoneAsync("vendor", "sign", await _folder.PackAsync(name, name), "--dir", dir, "--key", key, "--passphrase-file", _folder.Passphrase);
        }

        await CeremonyFolder.DoneAsync("vendor", "sign", await _folder.PackAsync("four", "four"), "--dir", dir, "--key", key, "--passphrase-file", _folder.Passphrase, "--no-way-back");
        await CeremonyFolder.DoneAsync("vendor", "sign", await _folder.PackAsync("five", "five"), "--dir", dir, "--key", key, "--passphrase-file", _folder.Passphrase, "--way-back-to", "2");
        IReadOnlyDictionary<string, TargetFile> targets = TargetsMetadata.ReadDraft(await File.ReadAllBytesAsync(_folder.In("acme", "targets.draft.json"), Stop)).Targets;
        Assert.Equal(
            ["1 one", "2 two", "3 one from 2", "4 three", "5 two from 4", "6 four", "7 five", "8 two from 7"],
            targets.Values.Select(file => (ReleasePath.Read(file.Path).Number, Statement: VendorStatement.Read(file.Custom!))).OrderBy(release => release.Number)
                .Select(release => $"{release.Number} {release.Statement.Version}{(release.Statement.WayBackFrom is { } from ? $" from {ReleasePath.Read(from).Number}" : "")}"));
        Assert.True(targets["acme/marker/content-3.tar.gz"].Digests.SameAs(targets["acme/marker/content-1.tar.gz"].Digests));
        Assert.True(targets["acme/marker/content-8.tar.gz"].Digests.SameAs(targets["acme/marker/content-2.tar.gz"].Digests));
        Assert.Equal(8, VendorPublication.Check("acme", null, TargetsMetadata.ReadDraft(await File.ReadAllBytesAsync(_folder.In("acme", "targets.draft.json"), Stop)), _ => 0).Count);
    }

    [Fact]
    public async Task What_is_no_package_and_who_is_no_vendor_is_refused()
    {
        string dir = _folder.In("acme");
        await CeremonyFolder.DoneAsync("vendor", "init", "acme", "--dir", dir, "--passphrase-file", _folder.Passphrase);
        string key = _folder.In("acme", "keys", "acme-1.pem");
        await RefusedAsync("it is no package", "vendor", "sign", _folder.Passphrase, "--dir", dir, "--key", key, "--passphrase-file", _folder.Passphrase);
        await RefusedAsync("nothing to sign", "vendor", "sign", "--dir", dir, "--key", key, "--passphrase-file", _folder.Passphrase);
        await RefusedAsync("a path cannot have that", "vendor", "sign", await _folder.PackAsync("odd", "1", "Odd_Name"), "--dir", dir, "--key", key, "--passphrase-file", _folder.Passphrase);
        await RefusedAsync("there is no release 9", "vendor", "sign", await _folder.PackAsync("one", "1"), "--dir", dir, "--key", key, "--passphrase-file", _folder.Passphrase, "--way-back-to", "9");
        await RefusedAsync("there is a vendor here already", "vendor", "init", "acme", "--dir", dir, "--passphrase-file", _folder.Passphrase);
        await RefusedAsync("no vendor may be called so", "vendor", "init", "root", "--dir", _folder.In("b"), "--passphrase-file", _folder.Passphrase);
        await RefusedAsync("can never sign", "vendor", "init", "b", "--dir", _folder.In("b"), "--threshold", "2", "--passphrase-file", _folder.Passphrase);
    }

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static async Task RefusedAsync(string reason, params string[] arguments)
    {
        CommandRun run = await CommandRun.OfAsync(arguments);
        Assert.Equal(ExitCode.Usage, run.Exit);
        Assert.Contains(reason, run.Complained, StringComparison.Ordinal);
    }
}
