using System.Text;
using Ringwall.Host.Configuration;
using Ringwall.Host.Decide;
using Ringwall.Host.Running;

namespace Ringwall.Host.Tests.Running;

public sealed class GuardedPathsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ringwall-guarded-").FullName;

    [Fact]
    public void A_path_that_is_a_link_guards_what_it_leads_to_and_that_is_said()
    {
        string place = Directory.CreateDirectory(Path.Combine(_folder, "place")).FullName;
        string link = Path.Combine(_folder, "link");
        File.CreateSymbolicLink(link, "./place");
        List<string> told = [];
        HostConfiguration resolved = GuardedPaths.Resolve(new HostConfiguration { Guard = [link, place, "/"], Mounts = [place] }, told.Add);
        Assert.Equal([place, "/"], resolved.Guard);
        Assert.Equal([place], resolved.Mounts);
        Assert.True(new AskScope([resolved.Guard[0]]).Covers(Encoding.UTF8.GetBytes($"{place}/file")));
        Assert.Contains($"{link} leads to {place}", Assert.Single(told), StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_that_guards_nothing_is_said()
    {
        string missing = Path.Combine(_folder, "missing");
        List<string> told = [];
        Assert.Equal([missing], GuardedPaths.Resolve(new HostConfiguration { Guard = [missing] }, told.Add).Guard);
        Assert.Contains($"{missing}: No such file", Assert.Single(told), StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
