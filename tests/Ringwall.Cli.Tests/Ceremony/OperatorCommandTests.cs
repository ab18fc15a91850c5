using Ringwall.Trust;
using Ringwall.Wire;

namespace Ringwall.Cli.Tests.Ceremony;

/// <summary>Roots and vendors, by people who hand a folder from one to the next.</summary>
public sealed class OperatorCommandTests : IDisposable
{
    private readonly CeremonyFolder _folder = new();

    [Fact]
    public async Task A_folder_is_made_with_roots_that_have_their_signatures()
    {
        string said = await InitAsync("op");
        Assert.Contains("signed by 3 of 2", said, StringComparison.Ordinal);
        foreach (string repository in (string[])["vendors", "director"])
        {
            RootMetadata root = RootMetadata.ReadTrusted(await File.ReadAllBytesAsync(_folder.In("op", repository, "1.root.json"), Stop));
            Assert.Equal((3, 2), (root.Roles[RoleName.Root].KeyIds.Count, root.Roles[RoleName.Root].Threshold));
        }

        RootMetadata vendors = RootMetadata.ReadTrusted(await File.ReadAllBytesAsync(_folder.In("op", "vendors", "1.root.json"), Stop));
        Assert.Empty(TargetsMetadata.Read(await File.ReadAllBytesAsync(_folder.In("op", "vendors", "targets.json"), Stop), vendors).Delegations);
        Assert.Equal(5, Directory.GetFiles(_folder.In("op", "online")).Length);
        Assert.Equal(ExitCode.Usage, (await CommandRun.OfAsync("operator", "init", "--dir", _folder.In("op"), "--passphrase-file", _folder.Passphrase, "--online-passphrase-file", _folder.OtherPassphrase)).Exit);
    }

    [Fact]
    public async Task A_key_is_rotated_by_those_who_hold_the_others()
    {
        string dir = await _folder.OperatorAsync();
        string fresh = await _folder.NewKeyAsync("fresh.pem");
        string lost = _folder.In("op", "offline", "root-3.pem");
        await CeremonyFolder.DoneAsync("operator", "--dir", dir, "root", "rotate", "vendors", lost, fresh);
        Assert.Contains("gone: ", await CeremonyFolder.DoneAsync("operator", "--dir", dir, "root", "show", "vendors"), StringComparison.Ordinal);

        CommandRun missing = await CommandRun.OfAsync("operator", "--dir", dir, "root", "missing", "vendors");
        Assert.Equal(ExitCode.NotDone, missing.Exit);
        Assert.Contains("signed by 0 of 2 (the keys of the root before it)", missing.Said, StringComparison.Ordinal);
        await SignAsync(dir, "vendors", _folder.In("op", "offline", "root-1.pem"));
        Assert.False(File.Exists(_folder.In("op", "vendors", "2.root.json")));
        await SignAsync(dir, "vendors", _folder.In("op", "offline", "root-2.pem"));
        RootMetadata next = RootMetadata.ReadTrusted(await File.ReadAllBytesAsync(_folder.In("op", "vendors", "1.root.json"), Stop)).ReadNext(await File.ReadAllBytesAsync(_folder.In("op", "vendors", "2.root.json"), Stop));
        Assert.Contains(KeyFile.ReadPublic(File.ReadAllText(fresh)).Id, next.Roles[RoleName.Root].KeyIds);
        Assert.DoesNotContain(KeyFile.ReadPublic(File.ReadAllText(lost)).Id, next.Roles[RoleName.Root].KeyIds);
        Assert.False(File.Exists(_folder.In("op", "vendors", "root.draft.json")));

        await CeremonyFolder.DoneAsync("operator", "--dir", dir, "root", "draft", "vendors", "--threshold", "root=3", "--add", $"timestamp={fresh}");
        CommandRun unreachable = await CommandRun.OfAsync("operator", "--dir", dir, "root", "draft", "vendors", "--threshold", "targets=9");
        Assert.Contains("can never sign", unreachable.Complained, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, (await CommandRun.OfAsync("operator", "--dir", dir, "root", "draft", "vendors", "--remove", "root=000000")).Exit);
    }

    [Fact]
    public async Task People_who_made_their_own_keys_sign_one_after_another()
    {
        string[] keys = [await _folder.NewKeyAsync("ada.pem"), await _folder.NewKeyAsync("bob.pem")];
        string dir = _folder.In("op");
        await CeremonyFolder.DoneAsync(
            "operator", "init", "--dir", dir, "--root-key", keys[0], "--root-key", keys[1], "--targets-key", keys[0], "--passphrase-file", _folder.Passphrase, "--online-passphrase-file", _folder.OtherPassphrase);
        Assert.Empty(Directory.GetFiles(_folder.In("op", "offline")));
        foreach (string key in keys)
        {
            await SignAsync(dir, "vendors", key);
            await SignAsync(dir, "director", key);
        }

        Assert.True(File.Exists(_folder.In("op", "director", "1.root.json")));
        string said = await CeremonyFolder.DoneAsync("operator", "--dir", dir, "vendors", "sign", "--key", keys[0], "--passphrase-file", _folder.Passphrase);
        Assert.Contains("signed by 1 of 1", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Vendors_are_signed_in_and_out()
    {
        string dir = await _folder.OperatorAsync();
        await CeremonyFolder.DoneAsync("vendor", "init", "acme", "--dir", _folder.In("acme"), "--keys", "2", "--threshold", "2", "--passphrase-file", _folder.Passphrase);
        await CeremonyFolder.DoneAsync("operator", "--dir", dir, "vendors", "draft", "--add", _folder.In("acme", "vendor.json"));
        Assert.Contains("2 of ", await CeremonyFolder.DoneAsync("operator", "--dir", dir, "vendors", "show"), StringComparison.Ordinal);
        Assert.Equal(ExitCode.NotDone, (await CommandRun.OfAsync("operator", "--dir", dir, "vendors", "missing")).Exit);
        await CeremonyFolder.DoneAsync("operator", "--dir", dir, "vendors", "sign", "--key", _folder.In("op", "offline", "targets-1.pem"), "--passphrase-file", _folder.Passphrase);
        Delegation delegation = Assert.Single(Targets().Delegations);
        Assert.Equal(("acme", 2, 2), (delegation.Role, delegation.Keys.Threshold, delegation.Keys.KeyIds.Count));
        Assert.True(delegation.Covers("acme/av/content-1.tar.gz"));
        Assert.False(delegation.Covers("other/av/content-1.tar.gz"));

        await CeremonyFolder.DoneAsync("operator", "--dir", dir, "vendors", "draft", "--remove", "acme");
        await CeremonyFolder.DoneAsync("operator", "--dir", dir, "vendors", "sign", "--key", _folder.In("op", "offline", "targets-2.pem"), "--passphrase-file", _folder.Passphrase);
        Assert.Empty(Targets().Delegations);

        TargetsMetadata Targets() => TargetsMetadata.Read(
            File.ReadAllBytes(_folder.In("op", "vendors", "targets.json")), RootMetadata.ReadTrusted(File.ReadAllBytes(_folder.In("op", "vendors", "1.root.json"))));
    }

    [Fact]
    public async Task A_ceremony_does_not_shrink_or_stick()
    {
        string dir = await _folder.OperatorAsync();
        CommandRun twice = await CommandRun.OfAsync("operator", "--dir", dir, "root", "rotate", "vendors", _folder.In("op", "offline", "root-3.pem"), _folder.In("op", "offline", "root-2.pem"));
        Assert.Equal(ExitCode.Usage, twice.Exit);
        Assert.Contains("has that key already", twice.Complained, StringComparison.Ordinal);

        // Interrupted between the root and its draft: what became a root is no draft any more.
        File.Copy(_folder.In("op", "vendors", "1.root.json"), _folder.In("op", "vendors", "root.draft.json"));
        File.Copy(_folder.In("op", "vendors", "targets.json"), _folder.In("op", "vendors", "targets.draft.json"));
        Assert.Equal(ExitCode.NotDone, (await CommandRun.OfAsync("operator", "--dir", dir, "root", "missing", "vendors")).Exit);
        await CeremonyFolder.DoneAsync("operator", "--dir", dir, "root", "draft", "vendors");
        Assert.Equal(2, RootMetadata.ReadDraft(await File.ReadAllBytesAsync(_folder.In("op", "vendors", "root.draft.json"), Stop)).Version);
        await CeremonyFolder.DoneAsync("operator", "--dir", dir, "vendors", "draft");
        Assert.Equal(2, TargetsMetadata.ReadDraft(await File.ReadAllBytesAsync(_folder.In("op", "vendors", "targets.draft.json"), Stop)).Version);

        CommandRun unreachable = await CommandRun.OfAsync(
            "operator", "init", "--dir", _folder.In("new"), "--root-threshold", "4", "--passphrase-file", _folder.Passphrase, "--online-passphrase-file", _folder.OtherPassphrase);
        Assert.Contains("can never sign", unreachable.Complained, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.In("new")));
    }

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private Task<string> InitAsync(string name) =>
        CeremonyFolder.DoneAsync("operator", "init", "--dir", _folder.In(name), "--passphrase-file", _folder.Passphrase, "--online-passphrase-file", _folder.OtherPassphrase);

    private Task<string> SignAsync(string dir, string repository, string key) =>
        CeremonyFolder.DoneAsync("operator", "--dir", dir, "root", "sign", repository, "--key", key, "--passphrase-file", _folder.Passphrase);
}
