using System.Collections;
using System.Data.Common;
using System.Net.Sockets;
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

            ServerOptions options = SettingsReader.Read(arguments, environment);
            Directory.CreateDirectory(options.State, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            WebApplication app = ServerApplication.Build(options);
            await using (app.ConfigureAwait(false))
            {
                await app.StartAsync(Migration.Embedded(), CancellationToken.None).ConfigureAwait(false);
                await output.WriteLineAsync($"ringwall-server listens on {string.Join(", ", app.Urls)}").ConfigureAwait(false);
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
            int written = await app.Services.GetRequiredService<Releases.Export>().WriteAsync(folder, CancellationToken.None).ConfigureAwait(false);
            await output.WriteLineAsync($"{folder}: {written} files written").ConfigureAwait(false);
            return ExitCode.Done;
        }
    }

    private static ErrorReport? Report(Exception wrong) => wrong switch
    {
        ServerException refused => refused.Report,
        MigrationException unfit => new ErrorReport(ExitCode.NotDone, "database", unfit.Message, "use the program that fits it, or another database"),
        DbException or SocketException => new ErrorReport(ExitCode.NotDone, "database", wrong.Message, "see --database"),
        ArgumentException { ParamName: null } or FormatException => new ErrorReport(ExitCode.Usage, "--database", wrong.Message, "`ringwall-server --help` shows how"),
        UnauthorizedAccessException => new ErrorReport(ExitCode.NeedsRight, "--state", wrong.Message, "give a folder that this user may write"),
        IOException => new ErrorReport(ExitCode.NotDone, "ringwall-server", wrong.Message, "see --urls and --state"),
        _ => null,
    };
}
