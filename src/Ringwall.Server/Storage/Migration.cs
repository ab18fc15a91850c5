using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Ringwall.Server.Storage;

/// <summary>One step of one module's tables: the embedded file MODULE/Migrations/NNNN-words.sql. Once applied anywhere it never changes again.</summary>
public sealed record Migration(string Module, int Number, string Name, string Sql)
{
    /// <summary>Modules in the order in which their tables come to be.</summary>
    private static readonly string[] Modules = ["Storage", "Access", "Audit", "Enrolment", "Inventory", "Health", "Releases", "Rollouts", "Dashboard"];

    /// <summary>SHA-256 of the file's text, lower-case hex.</summary>
    public string Digest => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql)));

    /// <summary>{BLOB} is the one type that the two databases spell differently; a line that begins with <c>--postgres </c> is a comment for the other one.</summary>
    public string SqlFor(Dialect dialect) => dialect == Dialect.Sqlite
        ? Sql.Replace("{BLOB}", "BLOB", StringComparison.Ordinal)
        : Sql.Replace("{BLOB}", "BYTEA", StringComparison.Ordinal).Replace("--postgres ", "", StringComparison.Ordinal);

    /// <summary>All that this program carries, in order.</summary>
    public static IReadOnlyList<Migration> Embedded()
    {
        Assembly here = typeof(Migration).Assembly;
        return [.. here.GetManifestResourceNames()
            .Where(name => name.EndsWith(".sql", StringComparison.Ordinal))
            .Select(name => Parse(here, name))
            .OrderBy(migration => Array.IndexOf(Modules, migration.Module))
            .ThenBy(migration => migration.Number)];
    }

    private static Migration Parse(Assembly here, string resource)
    {
        string[] parts = resource.Split('/');
        if (parts is not [string module, "Migrations", string file] || !Modules.Contains(module) || !int.TryParse(file.Split('-')[0], out int number))
        {
            throw new InvalidOperationException($"{resource} is not MODULE/Migrations/NNNN-words.sql of a known module.");
        }

        using StreamReader text = new(here.GetManifestResourceStream(resource)!);
        return new Migration(module, number, file, text.ReadToEnd());
    }
}
