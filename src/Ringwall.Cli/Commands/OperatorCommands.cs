using System.CommandLine;
using System.Text.Json;
using Ringwall.Cli.Ceremony;
using Ringwall.Cli.Keys;
using Ringwall.Cli.Server;
using Ringwall.Cli.Views;
using Ringwall.Trust;
using Ringwall.Wire;
using Ringwall.Wire.Api;

namespace Ringwall.Cli.Commands;

/// <summary>What an operator does: ceremonies with keys that are kept offline, and rollouts on the server.</summary>
internal static class OperatorCommands
{
    public static readonly Option<string> Folder = new("--dir")
    {
        Description = "The operator's folder, with both repositories",
        HelpName = "DIR",
        DefaultValueFactory = _ => ".",
        Recursive = true,
    };

    public static Command Build(Terminal terminal) => new("operator", "Run a fleet: keys and roots, vendors, rollouts. Needs no host")
    {
        Folder,
        ServerOptions.Server,
        ServerOptions.TokenFile,
        Init(terminal),
        OperatorRootCommands.Build(terminal),
        OperatorVendorsCommands.Build(terminal),
        Publish(terminal),
        OperatorRolloutCommands.Releases(terminal),
        OperatorRolloutCommands.Rollouts(terminal),
        OperatorRolloutCommands.Rollout(terminal),
    };

    public static OperatorFolder OperatorFolder(this ParseResult parsed) => new(ParsedOptions.Absolute(parsed.GetRequiredValue(Folder)));

    public static void Say(this ParseResult parsed, Terminal terminal, string file, string said) => terminal.Out.WriteLine(parsed.WantsJson()
        ? JsonSerializer.Serialize(new DoneLine(file, said), CliJson.Lines.DoneLine)
        : new DoneLine(file, said).ToString());

    public static void Say(this ParseResult parsed, Terminal terminal, string file, SigningState state)
    {
        SigningLine line = SigningLine.Of(file, state);
        terminal.Out.WriteLine(parsed.WantsJson() ? JsonSerializer.Serialize(line, CliJson.Lines.SigningLine) : line.ToString());
    }

    /// <summary>Opens keys one after another, and gives them back when the work is done.</summary>
    public static T WithKeys<T>(IEnumerable<string> files, Terminal terminal, string? passphraseFile, Func<IReadOnlyList<ISigner>, T> work)
    {
        List<OpenedKey> opened = [];
        try
        {
            foreach (string file in files.Select(ParsedOptions.Absolute))
            {
                opened.Add(KeyFolder.Open(file, Passphrase.Read(terminal, passphraseFile, $"The passphrase of {file}")));
            }

            return work(opened);
        }
        finally
        {
            opened.ForEach(key => key.Dispose());
        }
    }

    private static Command Init(Terminal terminal)
    {
        Option<string[]> rootKeys = new("--root-key") { Description = "A public key of both roots, made by whoever holds it (several; without, keys are made here)", HelpName = "FILE" };
        Option<int> rootCount = new("--root-keys") { Description = "How many keys of the roots to make, when none is given", HelpName = "N", DefaultValueFactory = _ => 3 };
        Option<int> rootThreshold = new("--root-threshold") { Description = "How many of them must sign a root", HelpName = "N", DefaultValueFactory = _ => 2 };
        Option<string[]> targetsKeys = new("--targets-key") { Description = "A public key that says which vendor has which keys (several; without, keys are made here)", HelpName = "FILE" };
        Option<int> targetsCount = new("--targets-keys") { Description = "How many of those to make, when none is given", HelpName = "N", DefaultValueFactory = _ => 2 };
        Option<int> targetsThreshold = new("--targets-threshold") { Description = "How many of them must sign", HelpName = "N", DefaultValueFactory = _ => 1 };
        Option<int> days = Days(365);
        Option<string?> passphrase = Passphrase.File("--passphrase-file", "The passphrase of offline keys is the first line of FILE; without, it is asked for");
        Option<string?> online = Passphrase.File("--online-passphrase-file", "The passphrase of the keys that the server opens; without, it is asked for");
        Command command = new("init", "Make the keys and roots of both repositories, in a new folder")
        {
            rootKeys, rootCount, rootThreshold, targetsKeys, targetsCount, targetsThreshold, days, passphrase, online,
        };
        command.SetAction(parsed =>
        {
            DateTimeOffset expires = Expires(parsed.GetValue(days));
            OperatorFolder folder = parsed.OperatorFolder();
            string[] roots = [.. (parsed.GetValue(rootKeys) ?? []).Select(ParsedOptions.Absolute)];
            string[] targets = [.. (parsed.GetValue(targetsKeys) ?? []).Select(ParsedOptions.Absolute)];
            bool makes = roots.Length == 0 || targets.Length == 0;
            foreach ((string file, SigningState state) in folder.Create(new OperatorPlan
            {
                RootKeys = roots,
                NewRootKeys = parsed.GetValue(rootCount),
                RootThreshold = parsed.GetValue(rootThreshold),
                TargetsKeys = targets,
                NewTargetsKeys = parsed.GetValue(targetsCount),
                TargetsThreshold = parsed.GetValue(targetsThreshold),
                Passphrase = makes ? Passphrase.Read(terminal, parsed.GetValue(passphrase), "A passphrase for the offline keys", twice: true) : "",
                OnlinePassphrase = Passphrase.Read(terminal, parsed.GetValue(online), "A passphrase for the server's keys", twice: true),
                RootExpires = expires,
                TargetsExpires = expires,
            }))
            {
                parsed.Say(terminal, file, state);
            }

            if (makes)
            {
                parsed.Say(terminal, folder.OfflineKeys, "carry these keys away, to different people; no server needs them");
            }

            parsed.Say(terminal, folder.OnlineKeys, "the server needs these: its --online-keys");
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Publish(Terminal terminal)
    {
        Command command = new("publish", "Send roots and the vendors' targets file to the server, as far as it does not have them");
        command.SetAction(async (parsed, _) =>
        {
            OperatorFolder folder = parsed.OperatorFolder();
            using ServerConnection server = parsed.Connect();
            int sent = 0;

            // Before anything is sent: a root without the file that goes with it would stop updates until that follows.
            TargetsMetadata? vendors = folder.Vendors.TargetsToPublish();
            foreach (RepositoryFolder repository in (RepositoryFolder[])[folder.Vendors, folder.Director])
            {
                foreach ((long version, string file) in repository.Roots())
                {
                    byte[]? theirs = await server.TryGetBytesAsync($"{repository.Name}/{version}.root.json", terminal.Stop).ConfigureAwait(false);
                    if (theirs is null)
                    {
                        await SendAsync($"api/v1/repositories/{repository.Name}/root", file).ConfigureAwait(false);
                    }
                    else if (!RepositoryFolder.Read(file, mine => mine.AsSpan().SequenceEqual(theirs)))
                    {
                        throw new CommandException(
                            ExitCode.NotDone, file, $"the server has another root {version} of {repository.Name}", "is it the right server, and the right folder? If both are, somebody else published a root: look at the audit, and at who signed it");
                    }
                }
            }

            if (vendors is { } targets && !await HasAsync(targets).ConfigureAwait(false))
            {
                await SendAsync($"api/v1/repositories/{RepositoryFolder.Vendors}/targets", folder.Vendors.TargetsFile).ConfigureAwait(false);
            }

            if (sent == 0)
            {
                parsed.Say(terminal, folder.Folder, "the server has all of it");
            }

            return ExitCode.Done;

            async Task<bool> HasAsync(TargetsMetadata mine) =>
                await server.TryGetBytesAsync($"api/v1/repositories/{RepositoryFolder.Vendors}/targets", terminal.Stop).ConfigureAwait(false) is { } theirs && theirs.AsSpan().SequenceEqual(mine.File.Bytes);

            async Task SendAsync(string path, string file)
            {
                PublicationReply reply = await server.PostAsync(path, RepositoryFolder.Read(file, bytes => bytes), ApiJson.Default.PublicationReply, terminal.Stop).ConfigureAwait(false);
                sent++;
                parsed.Say(terminal, file, $"published as {string.Join(", ", reply.Files)}");
            }
        });
        return command;
    }

    public static Option<int> Days(int days) => new("--days") { Description = "For how long it is believed", HelpName = "N", DefaultValueFactory = _ => days };

    public static DateTimeOffset Expires(int days)
    {
        if (days is < 1 or > 3650)
        {
            throw new CommandException(ExitCode.Usage, "--days", $"{days} is no number of days from 1 to 3650", "give one");
        }

        DateTimeOffset until = DateTimeOffset.UtcNow.AddDays(days);
        return until.AddTicks(-(until.Ticks % TimeSpan.TicksPerSecond));
    }
}
