using System.Text;
using Microsoft.Win32.SafeHandles;
using Ringwall.Host.Decide.Guardrails;
using Ringwall.Host.Tests.Asks;

namespace Ringwall.Host.Tests.Decide;

/// <summary>What is read of a package database, compared with what dpkg means by it.</summary>
public sealed class DpkgDatabaseTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ringwall-test-").FullName;

    [Fact]
    public void Files_are_found_by_the_path_that_the_kernel_has_for_them()
    {
        PackageRoot root = new(_folder);
        root.Write("usr/bin/sh", "shell");
        Directory.CreateSymbolicLink(root["bin"], "usr/bin");
        Directory.CreateSymbolicLink(root["sbin"], "/usr/bin");      // absolute links lead from the root
        root.Owns("dash", ("bin/sh", "shell"), ("sbin/dash", "dash"), ("./opt/odd", "odd"));
        PackageIndex index = new DpkgDatabase(_folder).Read();

        Assert.Equal("it is protected: package dash owns it and its digest matches", Find(index, "/usr/bin/sh", "shell")?.Why);
        Assert.NotNull(Find(index, "/usr/bin/dash", "dash"));
        Assert.NotNull(Find(index, "/opt/odd", "odd"));
        Assert.Null(Find(index, "/bin/sh", "shell"));
        Assert.Null(Find(index, "/usr/bin/sh", "another shell"));
        Assert.Equal(3, index.Files);
    }

    [Fact]
    public void Diverted_files_are_where_they_were_diverted_to()
    {
        PackageRoot root = new(_folder);
        root.Owns("perl", ("usr/bin/perf", "of perl"));
        root.Owns("linux-perf:amd64", ("usr/bin/perf", "of linux"));
        File.WriteAllLines(root["var/lib/dpkg/diversions"], ["/usr/bin/perf", "/usr/bin/perf.wrapper", "linux-perf", "", "", "", "half"]);
        PackageIndex index = new DpkgDatabase(_folder).Read();

        Assert.NotNull(Find(index, "/usr/bin/perf.wrapper", "of perl"));
        Assert.NotNull(Find(index, "/usr/bin/perf", "of linux"));
        Assert.Null(Find(index, "/usr/bin/perf", "of perl"));
    }

    [Fact]
    public void Configuration_files_stand_in_the_status()
    {
        PackageRoot root = new(_folder);
        root.Status($"""
            Package: adduser
            Status: install ok installed
            Conffiles:
             /etc/adduser.conf {PackageRoot.Digest("conf")}
             /etc/gone.conf {PackageRoot.Digest("gone")} obsolete
            Description: something
             /etc/not.conf {PackageRoot.Digest("not")}

            """);
        PackageIndex index = new DpkgDatabase(_folder).Read();
        Assert.NotNull(Find(index, "/etc/adduser.conf", "conf"));
        Assert.NotNull(Find(index, "/etc/gone.conf", "gone"));
        Assert.Null(Find(index, "/etc/not.conf", "not"));
    }

    [Fact]
    public void Whatever_a_list_holds_is_read_or_passed_over()
    {
        PackageRoot root = new(_folder);
        Random random = new(20_240_719);
        byte[] good = Encoding.ASCII.GetBytes($"{PackageRoot.Digest("x")}  usr/bin/x\n");
        for (int i = 0; i < 300; i++)
        {
            byte[] bytes = [.. good, .. good, .. good];
            for (int change = 0; change < 6; change++)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            bytes[34 + random.Next(8)] = 0;

            File.WriteAllBytes(root["var/lib/dpkg/info/x.md5sums"], bytes);
            Assert.InRange(new DpkgDatabase(_folder).Read().Files, 0, 8);
        }
    }

    [Fact]
    public void This_machines_own_packages_are_found_and_match()
    {
        if (!File.Exists("/var/lib/dpkg/info/dpkg.md5sums"))
        {
            Assert.Skip("needs a machine with dpkg");
        }

        PackageFiles packages = new(new DpkgDatabase("/"));
        packages.Refresh();
        Assert.True(packages.Index.Files > 1000, $"only {packages.Index.Files} files are known");
        ProtectedSet set = new(packages);
        foreach (string path in (string[])["/usr/bin/dpkg", "/usr/bin/dpkg-query", "/usr/sbin/adduser"])
        {
            if (File.Exists(path))
            {
                using SafeFileHandle file = File.OpenHandle(path);
                Assert.Equal(ProtectionKind.Package, set.Look((int)file.DangerousGetHandle())?.Kind);
            }
        }

        using SafeFileHandle test = File.OpenHandle(Environment.ProcessPath!);
        Assert.Null(set.Look((int)test.DangerousGetHandle()));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Protection? Find(PackageIndex index, string path, string content) =>
        index.Find(Encoding.UTF8.GetBytes(_folder + path), Convert.FromHexString(PackageRoot.Digest(content)));
}
