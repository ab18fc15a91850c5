using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;

namespace Ringwall.Server.Dashboard;

/// <summary>
/// What the pages load, bundled by the build and carried in this program. Each name holds a hash of the content, so a browser may keep a file for ever.
/// </summary>
public sealed class AssetBundle
{
    public const string Folder = "/assets/";
    private const string Prefix = "assets/";

    private readonly FrozenDictionary<string, byte[]> _files;

    public AssetBundle()
    {
        Assembly program = typeof(AssetBundle).Assembly;
        _files = program.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .ToFrozenDictionary(name => name[Prefix.Length..], name => Read(program, name), StringComparer.Ordinal);
        Dictionary<string, string> names = JsonSerializer.Deserialize<Dictionary<string, string>>(_files["manifest.json"])!;
        Style = Folder + names["site.css"];
        Script = Folder + names["site.js"];
        Chart = Folder + names["chart.js"];
        Icon = Folder + names["icon.svg"];
        Font = Folder + names["inter-latin-wght-normal.woff2"];
    }

    public string Style { get; }

    public string Script { get; }

    public string Chart { get; }

    public string Icon { get; }

    public string Font { get; }

    /// <summary>The file as the browser takes it: packed where it says that it can unpack.</summary>
    public IResult Answer(string name, HttpContext context)
    {
        if (!_files.TryGetValue(name, out byte[]? plain) || ContentType(name) is not { } type)
        {
            return Results.NotFound();
        }

        string accepted = context.Request.Headers.AcceptEncoding.ToString();
        foreach ((string coding, string ending) in new[] { ("br", ".br"), ("gzip", ".gz") })
        {
            if (accepted.Contains(coding, StringComparison.Ordinal) && _files.TryGetValue(name + ending, out byte[]? packed))
            {
                context.Response.Headers.ContentEncoding = coding;
                plain = packed;
                break;
            }
        }

        context.Response.Headers.Vary = "Accept-Encoding";
        context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return Results.Bytes(plain, type);
    }

    private static string? ContentType(string name) => Path.GetExtension(name) switch
    {
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        ".woff2" => "font/woff2",
        _ => null,
    };

    private static byte[] Read(Assembly program, string name)
    {
        using Stream stream = program.GetManifestResourceStream(name)!;
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
