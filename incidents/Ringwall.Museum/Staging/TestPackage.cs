namespace Ringwall.Museum.Staging;

/// <summary>A Debian package with a few files and the scripts that packages have, for the canary to install.</summary>
internal static class TestPackage
{
    /// <summary>Builds it.</summary>
    /// <param name="file">Where.</param>
    public static void Build(string file)
    {
        string tree = Directory.CreateTempSubdirectory("ringwall-package-").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(tree, "DEBIAN"));
            Directory.CreateDirectory(Path.Combine(tree, "opt/museum"));
            File.WriteAllText(Path.Combine(tree, "DEBIAN/control"), "Package: museum-package\nVersion: 1\nArchitecture: all\nMaintainer: Museum <museum@example.org>\nDescription: something to install\n");
            foreach (string script in (string[])["preinst", "postinst", "prerm"])
            {
                string path = Path.Combine(tree, "DEBIAN", script);
                File.WriteAllText(path, "#!/bin/sh\nset -e\ncat /opt/museum/file-0 >/dev/null 2>&1 || true\n");
                File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
            }

            for (int i = 0; i < 5; i++)
            {
                File.WriteAllText(Path.Combine(tree, $"opt/museum/file-{i}"), $"File {i} of a package.\n");
            }

            _ = Tool.Must("dpkg-deb", "--root-owner-group", "-Zgzip", "-b", tree, file);
        }
        finally
        {
            Directory.Delete(tree, recursive: true);
        }
    }
}
