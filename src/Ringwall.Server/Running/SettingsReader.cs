using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Ringwall.Wire;

namespace Ringwall.Server.Running;

/// <summary>
/// Command line over environment over JSON file. The three know the same names: --public-url, RINGWALL_SERVER_PUBLIC_URL, "public-url". A name that is
/// none is refused wherever it stands: a typing error must not become a default.
/// </summary>
internal static class SettingsReader
{
    private const string Prefix = "RINGWALL_SERVER_";

    private static readonly Setting[] All =
    [
        new("urls", "URL[,URL]", "where to listen; default http://127.0.0.1:7080", (o, v) => o with { Urls = [.. Words(v).Select(url => Http(url).OriginalString)] }),
        new("state", "DIR", "where this replica keeps its files; default /var/lib/ringwall-server", (o, v) => o with { State = Path.GetFullPath(v) }),
        new("database", "STRING", "\"Data Source=FILE\" (SQLite, the default: fleet.db in --state) or \"Host=…;Database=…;Username=…\" (PostgreSQL)", (o, v) => o with { Database = v }),
        new("public-url", "URL", "where people and devices reach this server; default the first of --urls", (o, v) => o with { PublicUrl = Http(v) }),
        new("proxies", "ADDRESS[,ADDRESS]", "proxies whose X-Forwarded-For and X-Forwarded-Proto are believed; default none", (o, v) => o with { Proxies = Words(v) }),
        new("certificate", "FILE", "PEM certificate chain, for https in --urls", (o, v) => o with { Certificate = Present(v) }),
        new("certificate-key", "FILE", "its private key, PEM", (o, v) => o with { CertificateKey = Present(v) }),
        new("online-keys", "DIR", "encrypted keys that this server signs with (`ringwall operator init` makes them); default online-keys in --state", (o, v) => o with { OnlineKeys = Path.GetFullPath(v) }),
        new("online-passphrase-file", "FILE", "their passphrase is its first line; default online-passphrase in --state", (o, v) => o with { OnlinePassphraseFile = Path.GetFullPath(v) }),
        new("pace", "SECONDS", "how long one minute of the rollout rules lasts; default 60, less is a demonstration", (o, v) => o with { Pace = Seconds(v) }),
        new("otlp", "URL", "send metrics and traces there by OTLP (gRPC)", (o, v) => o with { Otlp = Http(v) }),
        new("oidc-authority", "URL", "issuer of OpenID Connect", (o, v) => o with { OidcAuthority = Http(v) }),
        new("oidc-client", "ID", "this server's client id there", (o, v) => o with { OidcClient = v }),
        new("oidc-secret-file", "FILE", "file with its client secret", (o, v) => o with { OidcSecret = File.ReadAllText(Present(v)).Trim() }),
        new("log", "text|json", "form of the log on standard error; default text", (o, v) => o with { JsonLog = OneOf(v, "text", "json") == "json" }),
    ];

    public static string Help { get; } = HelpText();

    /// <exception cref="ServerException">A name or a value is wrong; with <see cref="ExitCode.Usage"/>.</exception>
    public static ServerOptions Read(IReadOnlyList<string> arguments, IDictionary environment)
    {
        Dictionary<string, string> onCommandLine = CommandLine(arguments);
        Dictionary<string, string> inEnvironment = Environment(environment);
        string? file = onCommandLine.GetValueOrDefault("config") ?? inEnvironment.GetValueOrDefault("config");
        ServerOptions options = new() { State = "/var/lib/ringwall-server", Database = "" };
        options = Apply(options, file is null ? [] : JsonFile(file), name => $"{file}: \"{name}\"");
        options = Apply(options, inEnvironment, name => Prefix + name.Replace('-', '_').ToUpperInvariant());
        options = Apply(options, onCommandLine, name => $"--{name}");
        return Check(options.Database.Length > 0 ? options : options with { Database = $"Data Source={Path.Combine(options.State, "fleet.db")}" });
    }

    private static ServerOptions Check(ServerOptions options)
    {
        bool https = options.Urls.Any(url => url.StartsWith("https:", StringComparison.OrdinalIgnoreCase));
        if (https && (options.Certificate is null || options.CertificateKey is null))
        {
            throw Refused("--urls", "https needs a certificate", "give --certificate and --certificate-key");
        }

        if ((options.OidcAuthority is null) != (options.OidcClient is null))
        {
            throw Refused("--oidc-authority", "goes together with --oidc-client", "give both or neither");
        }

        return options;
    }

    private static ServerOptions Apply(ServerOptions options, Dictionary<string, string> values, Func<string, string> spelled)
    {
        foreach ((string name, string value) in values.Where(pair => pair.Key != "config"))
        {
            Setting setting = All.FirstOrDefault(setting => setting.Name == name) ?? throw Refused(spelled(name), "there is no such setting", "`ringwall-server --help` lists them");
            try
            {
                options = setting.Apply(options, value);
            }
            catch (Exception wrong) when (wrong is FormatException or UriFormatException or IOException or UnauthorizedAccessException or ArgumentException)
            {
                throw Refused(spelled(name), wrong.Message.TrimEnd('.'), $"it takes {setting.Takes}");
            }
        }

        return options;
    }

    private static Dictionary<string, string> CommandLine(IReadOnlyList<string> arguments)
    {
        Dictionary<string, string> values = [];
        for (int i = 0; i < arguments.Count; i++)
        {
            string argument = arguments[i];
            if (!argument.StartsWith("--", StringComparison.Ordinal))
            {
                throw Refused(argument, "is no option", "`ringwall-server --help` shows how");
            }

            int equals = argument.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? argument[2..] : argument[2..equals];
            if (equals < 0 && i + 1 == arguments.Count)
            {
                throw Refused(argument, "needs a value", "`ringwall-server --help` shows how");
            }

            if (!values.TryAdd(name, equals < 0 ? arguments[++i] : argument[(equals + 1)..]))
            {
                throw Refused($"--{name}", "is given twice", "");
            }
        }

        return values;
    }

    private static Dictionary<string, string> Environment(IDictionary environment) => environment.Cast<DictionaryEntry>()
        .Where(entry => ((string)entry.Key).StartsWith(Prefix, StringComparison.Ordinal))
        .ToDictionary(entry => ((string)entry.Key)[Prefix.Length..].Replace('_', '-').ToLowerInvariant(), entry => (string?)entry.Value ?? "");

    private static Dictionary<string, string> JsonFile(string file)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            return document.RootElement.EnumerateObject().ToDictionary(
                property => property.Name,
                property => property.Value.ValueKind == JsonValueKind.Array
                    ? string.Join(',', property.Value.EnumerateArray().Select(item => item.ToString()))
                    : property.Value.ToString());
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException or ArgumentException)
        {
            throw Refused(file, wrong.Message.TrimEnd('.'), "it must be one JSON object of settings");
        }
    }

    private static string[] Words(string value) => value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static string Present(string file) => File.Exists(file) ? Path.GetFullPath(file) : throw new FormatException($"there is no file {file}");

    private static string OneOf(string value, params string[] words) => words.Contains(value) ? value : throw new FormatException($"'{value}' is none of {string.Join(", ", words)}");

    private static Uri Http(string value) => Uri.TryCreate(value, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https"
        ? url
        : throw new FormatException($"'{value}' is no http or https address");

    private static TimeSpan Seconds(string value) =>
        double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds) && seconds is >= 0.05 and <= 3600
            ? TimeSpan.FromSeconds(seconds)
            : throw new FormatException($"'{value}' is no number of seconds from 0.05 to 3600");

    private static ServerException Refused(string thing, string reason, string remedy) => new(new ErrorReport(ExitCode.Usage, thing, reason, remedy));

    private static string HelpText()
    {
        StringBuilder text = new();
        text.AppendLine("ringwall-server: the server of a fleet. It runs in the foreground; SIGTERM ends it after what it is doing.");
        text.AppendLine().AppendLine("usage: ringwall-server [OPTION VALUE]…")
            .AppendLine("       ringwall-server link NAME [OPTION VALUE]…   print a link that signs that account in once; an operator's is made if there is none")
            .AppendLine("       ringwall-server export DIR [OPTION VALUE]…   write what devices fetch into a folder, for a static host or a CDN")
            .AppendLine("       ringwall-server after-restore [OPTION VALUE]…   sign anew, with versions above what devices have seen, after the database was restored from an older copy")
            .AppendLine();
        foreach (Setting setting in All)
        {
            text.AppendLine($"  --{setting.Name} {setting.Takes}").AppendLine($"      {setting.Explains}");
        }

        text.AppendLine("  --config FILE").AppendLine("      JSON object with the same names");
        text.AppendLine().Append($"Each may also stand in the environment: {Prefix}PUBLIC_URL for --public-url. Command line over environment over file.");
        return text.ToString();
    }

    private sealed record Setting(string Name, string Takes, string Explains, Func<ServerOptions, string, ServerOptions> Apply);
}
