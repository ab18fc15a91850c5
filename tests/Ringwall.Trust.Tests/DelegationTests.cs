using System.Security.Cryptography;
using System.Text;

namespace Ringwall.Trust.Tests;

public sealed class DelegationTests
{
    private readonly SimulatedRepository _repository = new();
    private readonly Device _device;

    public DelegationTests() => _device = new Device(_repository);

    // Edges are "from>to", with '!' for a terminating one and '.' for one that covers nothing that is asked for.
    [Theory]
    [InlineData("targets>A", "A")]
    [InlineData("targets>A targets>B", "A B")]
    [InlineData("targets>A targets>B B>C", "A B C")]
    [InlineData("targets>A targets>B A>C A>D", "A C D B")]
    [InlineData("targets>A targets>B A>C C>D", "A C D B")]
    [InlineData("targets>A targets>B A>C! A>D", "A C")]
    [InlineData("targets>A targets>B A>C! C>D", "A C D")]
    [InlineData("targets>A! targets>B A>C A>D", "A C D")]
    [InlineData("targets>A. targets>B A>C", "B")]
    [InlineData("targets>A.! targets>B", "B")]
    [InlineData("targets>A targets>B A>C. C>D", "A B")]
    [InlineData("targets>A targets>B B>C C>D D>B", "A B C D")]
    [InlineData("targets>A A>A", "A")]
    [InlineData("targets>A targets>B B>C A>C", "A C B")]
    [InlineData("targets>A targets>B B>C A>C.", "A B C")]
    public void Roles_are_asked_in_order_of_trust(string edges, string order)
    {
        foreach (string edge in edges.Split(' '))
        {
            string[] ends = edge.Split('>');
            _repository.Delegate(ends[0], ends[1].Trim('!', '.'), ends[1].Contains('!', StringComparison.Ordinal), ends[1].Contains('.', StringComparison.Ordinal) ? "*.py" : "*");
        }

        _repository.PublishAll();
        _device.Refresh();
        _device.Requests.Clear();
        Assert.Equal(RejectionReason.NoSuchTarget, _device.FindRefused("missing"));
        Assert.Equal(order.Split(' ').Select(role => $"1.{role}.json"), _device.Requests);

        // What was verified once is not fetched again.
        _device.Requests.Clear();
        _device.FindRefused("missing");
        Assert.Empty(_device.Requests);
    }

    [Fact]
    public void Who_is_trusted_more_has_the_say()
    {
        _repository.Delegate(RoleName.Targets, "first", false, "a/*");
        _repository.Delegate(RoleName.Targets, "second", false, "a/*");
        _repository.AddTarget("a/file", [2], "second");
        _repository.AddTarget("a/file", [1], "first");
        _repository.AddTarget("a/only", [3], "second");
        _repository.PublishAll();
        _device.Refresh();
        Assert.Equal([1], _device.Download("a/file"));
        Assert.Equal([3], _device.Download("a/only"));
        TargetSearch search = _device.Trusted.Search("a/file");
        Assert.Null(search.Role);
        Assert.Empty(search);
        Assert.Equal("first", search.Role);
    }

    [Fact]
    public void Behind_a_terminating_role_nobody_else_is_believed()
    {
        _repository.Delegate(RoleName.Targets, "acme", true, "acme/*");
        _repository.Delegate(RoleName.Targets, "other", false, "*/*");
        _repository.AddTarget("acme/file", [1], "other");
        _repository.AddTarget("free/file", [2], "other");
        _repository.PublishAll();
        _device.Refresh();
        Assert.Equal(RejectionReason.NoSuchTarget, _device.FindRefused("acme/file"));
        Assert.Equal([2], _device.Download("free/file"));
    }

    [Fact]
    public void A_role_speaks_of_no_path_that_was_not_given_to_all_who_gave_it()
    {
        _repository.Delegate(RoleName.Targets, "acme", true, "acme/*");
        _repository.Delegate("acme", "team", true, "*/*");
        _repository.AddTarget("acme/file", [1], "team");
        _repository.AddTarget("others/file", [2], "team");
        _repository.AddTarget("others/thing", [2], "acme");
        _repository.PublishAll();
        _device.Refresh();
        Assert.Equal([1], _device.Download("acme/file"));
        Assert.Equal(RejectionReason.NoSuchTarget, _device.FindRefused("others/file"));
        Assert.Equal(RejectionReason.NoSuchTarget, _device.FindRefused("others/thing"));
    }

    [Fact]
    public void A_role_is_held_to_the_keys_of_whoever_leads_to_it()
    {
        ISigner keyOfB = TestKeys.New();
        _repository.Delegate(RoleName.Targets, "parent-a", false, "a/*");
        _repository.Delegate(RoleName.Targets, "parent-b", false, "b/*");
        _repository.Delegate("parent-a", "shared", false, "a/*");
        _repository.Draft("parent-b").Delegate("shared", [keyOfB.Key], 1, ["b/*"]);
        _repository.AddTarget("a/file", [1], "shared");
        _repository.AddTarget("b/file", [2], "shared");
        _repository.PublishAll();
        _device.Refresh();
        Assert.Equal([1], _device.Download("a/file"));
        Assert.Equal(RejectionReason.TooFewSignatures, _device.FindRefused("b/file"));
    }

    [Fact]
    public void A_stolen_delegated_key_signs_for_its_own_paths_alone_and_below_a_threshold_for_none()
    {
        ISigner[] keys = [TestKeys.New(), TestKeys.New()];
        _repository.Signers["acme"] = [.. keys];
        _repository.Draft("acme");
        _repository.Draft().Delegate("acme", [keys[0].Key, keys[1].Key], 2, ["acme/*"]);
        _repository.AddTarget("acme/file", [1], "acme");
        _repository.PublishAll();
        _device.Refresh();
        Assert.Equal([1], _device.Download("acme/file"));
        _repository.Signers["acme"] = [keys[0], TestKeys.New()];
        _repository.AddTarget("acme/file", [6, 6, 6], "acme");
        _repository.PublishAll();
        _device.Refresh();
        Assert.Equal(RejectionReason.TooFewSignatures, _device.FindRefused("acme/file"));
        Assert.Equal(1, _device.Version("acme"));
    }

    [Fact]
    public void A_role_that_cannot_be_had_ends_the_search()
    {
        _repository.Delegate(RoleName.Targets, "first", false, "*");
        _repository.Delegate(RoleName.Targets, "second", false, "*");
        _repository.AddTarget("file", [2], "second");
        _repository.PublishAll();
        _device.Refresh();
        _device.Network = (name, content) => name == "1.first.json" ? null : content;
        Assert.Equal(RejectionReason.Unavailable, _device.FindRefused("file"));
    }

    [Fact]
    public void A_role_that_the_snapshot_does_not_list_is_not_even_fetched()
    {
        _repository.Delegate(RoleName.Targets, "acme", false, "*");
        _repository.Draft("acme");
        _repository.PublishTargets("acme");
        _repository.PublishTargets();
        _repository.PublishSnapshot(draft => draft.Remove("acme"));
        _repository.PublishTimestamp();
        _device.Refresh();
        _device.Requests.Clear();
        Assert.Equal(RejectionReason.NotInSnapshot, _device.FindRefused("file"));
        Assert.Empty(_device.Requests);
    }

    [Fact]
    public void An_expired_role_is_not_believed()
    {
        _repository.Delegate(RoleName.Targets, "acme", false, "*");
        _repository.AddTarget("file", [1], "acme");
        _repository.Draft("acme").Expires = _repository.Now;
        _repository.PublishAll();
        _device.Refresh();
        Assert.Equal(RejectionReason.Expired, _device.FindRefused("file"));
    }

    [Fact]
    public void A_search_looks_into_so_many_roles_and_no_more()
    {
        for (int i = 0; i < 5; i++)
        {
            _repository.Delegate(RoleName.Targets, $"r{i}", false, "*");
        }

        _repository.AddTarget("third", [1], "r2");
        _repository.AddTarget("fourth", [1], "r3");
        _repository.PublishAll();
        Device device = new(_repository, TrustLimits.Default with { RolesPerSearch = 4 });
        device.Refresh();
        Assert.Equal([1], device.Download("third"));
        Assert.Equal(RejectionReason.TooManyRoles, device.FindRefused("fourth"));
    }

    [Theory]
    [InlineData("?")]
    [InlineData("#")]
    [InlineData("/role")]
    [InlineData("../role")]
    [InlineData("..")]
    [InlineData("é \n%")]
    public void Odd_names_of_roles_lead_nowhere_else(string role)
    {
        _repository.Delegate(RoleName.Targets, role, false, "*");
        _repository.AddTarget("file", [1], role);
        _repository.PublishAll();
        _device.Refresh();
        Assert.Equal([1], _device.Download("file"));
        Assert.Equal($"1.{Uri.EscapeDataString(role)}.json", _device.Requests[^1]);
        Assert.DoesNotContain('/', RoleName.FileName(role));
    }

    [Fact]
    public void Bins_by_digest_of_the_path_are_followed()
    {
        Dictionary<char, string> paths = [];
        for (int i = 0; paths.Count < 16; i++)
        {
            paths[Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"file{i}")))[0]] = $"file{i}";
        }

        foreach ((char bin, string path) in paths)
        {
            ISigner key = TestKeys.New();
            _repository.Signers[$"bin-{bin}"] = [key];
            _repository.Draft().Delegate(new Delegation($"bin-{bin}", new RoleKeys([key.Key.Id], 1), false, null, [$"{bin}"]), [key.Key]);
            _repository.AddTarget(path, [(byte)bin], $"bin-{bin}");
        }

        _repository.PublishAll();
        _device.Refresh();
        foreach ((char bin, string path) in paths)
        {
            _device.Requests.Clear();
            Assert.Equal([(byte)bin], _device.Download(path));
            Assert.Equal([$"1.bin-{bin}.json"], _device.Requests);
        }
    }

    [Theory]
    [InlineData("foo.tgz", "foo.tgz", true)]
    [InlineData("foo.tgz", "foo.tgz2", false)]
    [InlineData("foo.tgz", "afoo.tgz", false)]
    [InlineData("*.tgz", "foo.tgz", true)]
    [InlineData("*.tgz", ".tgz", true)]
    [InlineData("*.tgz", "targets/foo.tgz", false)]
    [InlineData("targets/*.tgz", "targets/foo.tgz", true)]
    [InlineData("targets/*.tgz", "targets/foo.txt", false)]
    [InlineData("targets/*.tgz", "targets/a/foo.tgz", false)]
    [InlineData("foo-version-?.tgz", "foo-version-2.tgz", true)]
    [InlineData("foo-version-?.tgz", "foo-version-alpha.tgz", false)]
    [InlineData("foo-version-?.tgz", "foo-version-.tgz", false)]
    [InlineData("a?b", "a/b", false)]
    [InlineData("*", "a", true)]
    [InlineData("*", "a/b", false)]
    [InlineData("*/*", "a/b", true)]
    [InlineData("*/*", "a/b/c", false)]
    [InlineData("**", "a/b", false)]
    [InlineData("*a*b*c", "xxaxxbxxc", true)]
    [InlineData("*a*b*c", "xxaxxbxxcx", false)]
    [InlineData("a*/b", "axx/b", true)]
    [InlineData("a*/*b", "axx/yyb", true)]
    [InlineData("a*b/c", "a/b/c", false)]
    [InlineData("*.MD", "README.md", false)]
    [InlineData("a.c", "abc", false)]
    [InlineData("/a", "a", false)]
    public void Patterns_match_within_one_folder(string pattern, string path, bool matches) => Assert.Equal(matches, new PathPattern(pattern).Matches(path));

    [Theory]
    [InlineData("")]
    [InlineData("a[bc]")]
    [InlineData("a]")]
    [InlineData("a\\*")]
    public void Patterns_that_readers_differ_over_are_refused(string pattern) =>
        Assert.Equal(RejectionReason.Malformed, Assert.Throws<UpdateRejectedException>(() => new PathPattern(pattern)).Reason);

    // Against a slow and obvious matcher.
    [Fact]
    public void Patterns_match_as_the_obvious_matcher_says()
    {
        Random random = new(20_260);
        int matched = 0;
        for (int i = 0; i < 30_000; i++)
        {
            string pattern = Text(random, "ab/*?", 1, 7);
            string path = Text(random, "ab/", 1, 7);
            bool expected = Obvious(pattern, path);
            Assert.True(expected == new PathPattern(pattern).Matches(path), $"'{pattern}' and '{path}'");
            matched += expected ? 1 : 0;
        }

        Assert.InRange(matched, 500, 20_000);
    }

    [Fact]
    public void A_spiteful_pattern_takes_no_time()
    {
        PathPattern pattern = new(string.Concat(Enumerable.Repeat("a*", 500)) + "b");
        Assert.False(pattern.Matches(new string('a', 1_000)));
    }

    private static bool Obvious(string pattern, string path) => (pattern, path) switch
    {
        ("", "") => true,
        ("", _) => false,
        (['*', ..], _) => Obvious(pattern[1..], path) || (path.Length > 0 && path[0] != '/' && Obvious(pattern, path[1..])),
        (_, "") => false,
        (['?', ..], _) => path[0] != '/' && Obvious(pattern[1..], path[1..]),
        _ => pattern[0] == path[0] && Obvious(pattern[1..], path[1..]),
    };

    private static string Text(Random random, string letters, int least, int most) =>
        string.Concat(Enumerable.Range(0, random.Next(least, most + 1)).Select(_ => letters[random.Next(letters.Length)]));
}
