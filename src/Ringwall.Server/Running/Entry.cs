using System.Collections;
using System.Data.Common;
using System.Net.Sockets;
using System.Security.Cryptography;
using Ringwall.Server.Access;
using Ringwall.Server.Access.Doors;
using Ringwall.Server.Releases;
using Ringwall.Server.Storage;
using Ringwall.Wire;

namespace Ringwall.Server.Running;

/// <summary>From arguments to an exit code.</summary>
internal static class Entry
{
    public static async Task<int> RunAsync(string[] arguments, IDictionary environment, TextWriter output, TextWriter error)
    {
        if (arguments is ["--help" or "-h" or "help"])
        {
            await output.WriteLineAsync(SettingsReader.Help).ConfigureAwait(false);
            return ExitCode.Done;
        }

        try
        {
            if (arguments is ["export", string folder, .. string[] settings])
            {
                return await ExportAsync(Path.GetFullPath(folder), SettingsReader.Read(settings, environment), output).ConfigureAwait(false);
            }

            if (arguments is ["after-restore", .. string[] ofRestored])
            {
                return await AfterRestoreAsync(SettingsReader.Read(ofRestored, environment), output).ConfigureAwait(false);
            }

            // `link NAME` goes before the options.
            string? invited = arguments is ["link", var name, ..] ? Text.AccountName(name) : null;
            ServerOptions options = SettingsReader.Read(invited is null ? arguments : arguments[2..], environment);
            Directory.CreateDirectory(options.State, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            WebApplication app = ServerApplication.Build(options);
            await using (app.ConfigureAwait(false))
            {
                if (invited is not null)
                {
                    await app.PrepareAsync(Migration.Embedded(), CancellationToken.None).ConfigureAwait(false);
                    await TellLinkAsync(output, PublicUrl(options, options.Urls), await app.Services.GetRequiredService<FirstPerson>().LinkAsync(invited, CancellationToken.None).ConfigureAwait(false)).ConfigureAwait(false);
                    return ExitCode.Done;
                }

                await app.StartAsync(Migration.Embedded(), CancellationToken.None).ConfigureAwait(false);
                await output.WriteLineAsync($"ringwall-server listens on {string.Join(", ", app.Urls)}").ConfigureAwait(false);
                if (await app.Services.GetRequiredService<FirstPerson>().InviteAsync(CancellationToken.None).ConfigureAwait(false) is { } link)
                {
                    await TellLinkAsync(output, PublicUrl(options, app.Urls), link).ConfigureAwait(false);
                }

                await app.WaitForShutdownAsync().ConfigureAwait(false);
            }

            return ExitCode.Done;
        }
        catch (Exception wrong) when (Report(wrong) is not null)
        {
            ErrorReport report = Report(wrong)!;
            await error.WriteLineAsync($"ringwall-server: {report}").ConfigureAwait(false);
            return report.Exit;
        }
    }

    // It listens nowhere and changes nothing, so it may run beside a server on the same database.
    private static async Task<int> ExportAsync(string folder, ServerOptions options, TextWriter output)
    {
        WebApplication app = ServerApplication.Build(options);
        await using (app.ConfigureAwait(false))
        {
            int written = await app.Services.GetRequiredService<Export>().WriteAsync(folder, CancellationToken.None).ConfigureAwait(false);
            await output.WriteLineAsync($"{folder}: {written} files written").ConfigureAwait(false);
            return ExitCode.Done;
        }
    }

    private static async Task<int> AfterRestoreAsync(ServerOptions options, TextWriter output)
    {
        WebApplication app = ServerApplication.Build(options);
        await using (app.ConfigureAwait(false))
        {
            await app.PrepareAsync(Migration.Embedded(), CancellationToken.None).ConfigureAwait(false);
            foreach (string repository in Repository.All)
            {
                int signed = await app.Services.GetRequiredService<Repositories>().LiftAsync(repository, "server", CancellationToken.None).ConfigureAwait(false);
                await output.WriteLineAsync($"{repository}: {signed} files signed anew").ConfigureAwait(false);
            }

            await output.WriteLineAsync("what was signed offline since the copy was made (vendors' files, roots) has to be published again").ConfigureAwait(false);
            return ExitCode.Done;
        }
    }

    private static Uri PublicUrl(ServerOptions options, IEnumerable<string> urls) => options.PublicUrl ?? new Uri(urls.First());

    // On standard output, not in the log, which others keep and read.
    private static Task TellLinkAsync(TextWriter output, Uri server, string path) =>
        output.WriteLineAsync($"sign in once, within {LinkDoor.Lasts.TotalMinutes} minutes: {new Uri(server, path)}");

    private static ErrorReport? Report(Exception wrong) => wrong switch
    {
        ServerException refused => refused.Report,
        RequestRefused refused => new ErrorReport(ExitCode.Usage, "ringwall-server", refused.Message, "`ringwall-server --help` shows how"),
        MigrationException unfit => new ErrorReport(ExitCode.NotDone, "database", unfit.Message, "use the program that fits it, or another database"),
        DbException or SocketException => new ErrorReport(ExitCode.NotDone, "database", wrong.Message, "see --database"),
        ArgumentException { ParamName: null } or FormatException => new ErrorReport(ExitCode.Usage, "--database", wrong.Message, "`ringwall-server --help` shows how"),
        CryptographicException => new ErrorReport(ExitCode.Usage, "--certificate", wrong.Message, "give a PEM certificate and the key that belongs to it"),
        UnauthorizedAccessException => new ErrorReport(ExitCode.NeedsRight, "--state", wrong.Message, "give a folder that this user may write"),
        IOException => new ErrorReport(ExitCode.NotDone, "ringwall-server", wrong.Message, "see --urls and --state"),
        _ => null,
    };
}
