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

/// <summary>What a vendor does: keys of its own, releases signed with them, publication.</summary>
internal static class VendorCommands
{
    private static readonly Option<string> Folder = new("--dir")
    {
        Description = "The vendor's folder",
        HelpName = "DIR",
        DefaultValueFactory = _ => ".",
        Recursive = true,
    };

    public static Command Build(Terminal terminal) => new("vendor", "Publish releases: keys, signatures, upload. Needs no host")
    {
        Folder, ServerOptions.Server, ServerOptions.TokenFile, Init(terminal), Sign(terminal), Publish(terminal), Fetch(terminal), Releases(terminal),
    };

    private static VendorFolder VendorFolder(this ParseResult parsed) => new(ParsedOptions.Absolute(parsed.GetRequiredValue(Folder)));

    private static Command Init(Terminal terminal)
    {
        Argument<string> name = new("NAME") { Description = "The vendor's: lower-case letters, digits and '-'" };
        Option<string[]> keys = new("--key") { Description = "A public key, made by whoever holds it (several; without, keys are made here)", HelpName = "FILE" };
        Option<int> count = new("--keys") { Description = "How many keys to make, when none is given", HelpName = "N", DefaultValueFactory = _ => 1 };
        Option<int> threshold = new("--threshold") { Description = "How many of the keys must sign a release", HelpName = "N", DefaultValueFactory = _ => 1 };
        Option<string?> passphrase = Passphrase.File();
        Command command = new("init", "Make a vendor's folder and keys; its vendor.json goes to the operator") { name, keys, count, threshold, passphrase };
        command.SetAction(parsed =>
        {
            VendorFolder folder = parsed.VendorFolder();
            string vendor = parsed.GetRequiredValue(name);
            if (!ReleasePath.IsName(vendor) || RoleName.IsTopLevel(vendor))
            {
                throw new CommandException(ExitCode.Usage, vendor, "no vendor may be called so", "take lower-case letters, digits and '-'");
            }

            if (File.Exists(folder.RegistrationFile))
            {
                throw new CommandException(ExitCode.Usage, folder.RegistrationFile, "there is a vendor here already", "name a new folder");
            }

            string[] given = [.. (parsed.GetValue(keys) ?? []).Select(ParsedOptions.Absolute)];
            int wanted = given.Length > 0 ? given.Length : parsed.GetValue(count);
            if (parsed.GetValue(threshold) < 1 || parsed.GetValue(threshold) > wanted)
            {
                throw new CommandException(ExitCode.Usage, "--threshold", $"{parsed.GetValue(threshold)} of {wanted} keys can never sign", "give more keys, or ask for fewer");
            }

            PublicKey[] shown = given.Length > 0 ? [.. given.Select(KeyFolder.Public)] : Make(parsed, folder, vendor, wanted);
            folder.Create(new VendorRegistration(vendor, [.. shown.Select(KeyFile.Pem)], parsed.GetValue(threshold)));
            parsed.Say(terminal, folder.RegistrationFile, "give this to the operator; it holds no secret");
            return ExitCode.Done;
        });
        return command;

        PublicKey[] Make(ParseResult parsed, VendorFolder folder, string vendor, int wanted)
        {
            Directory.CreateDirectory(folder.Keys);
            string said = Passphrase.Read(terminal, parsed.GetValue(passphrase), "A passphrase for the keys", twice: true);
            return [.. Enumerable.Range(1, wanted).Select(number => KeyFolder.New(Path.Combine(folder.Keys, $"{vendor}-{number}.pem"), said))];
        }
    }

    private static Command Sign(Terminal terminal)
    {
        Argument<string[]> packages = new("PACKAGE") { Description = "What `ringwall pack` made (several); none to sign a draft that another has begun", Arity = ArgumentArity.ZeroOrMore };
        Option<string[]> keys = new("--key") { Description = "A key file to sign with (several)", HelpName = "FILE", Required = true };
        Option<string?> stream = new("--stream") { Description = $"What the package replaces: {string.Join(", ", ReleasePath.Streams)}; engine or content by what is in it when not given", HelpName = "NAME" };
        stream.AcceptOnlyFromAmong([.. ReleasePath.Streams]);
        Option<long?> back = new("--way-back-to") { Description = "The release whose content the way back has; the one before when not given. After a halt, name the last that was not halted", HelpName = "NUMBER" };
        Option<bool> none = new("--no-way-back") { Description = "Sign no way back: should it harm, devices stay at what they fell back to" };
        Option<bool> renew = new("--renew") { Description = "Sign all that was published once more: for longer, or after the keys have changed" };
        Option<int> days = OperatorCommands.Days(90);
        Option<string?> passphrase = Passphrase.File();
        Command command = new("sign", "Add packages to the next targets file, each with its way back, and sign it")
        {
            packages, keys, stream, back, none, renew, days, passphrase,
        };
        command.SetAction(parsed =>
        {
            VendorFolder folder = parsed.VendorFolder();
            if (parsed.GetValue(renew))
            {
                VendorDraft.Renew(folder, OperatorCommands.Expires(parsed.GetValue(days)));
            }

            foreach (string package in parsed.GetValue(packages) ?? [])
            {
                VendorDraft.Add(folder, ParsedOptions.Absolute(package), new VendorDraftOrder(
                    parsed.GetValue(stream), parsed.GetValue(none) ? null : parsed.GetValue(back) ?? VendorDraftOrder.TheOneBefore, OperatorCommands.Expires(parsed.GetValue(days))));
            }

            if (folder.Draft is null)
            {
                throw new CommandException(ExitCode.Usage, folder.DraftFile, "there is nothing to sign", "name a package, or --renew what was published");
            }

            OperatorCommands.WithKeys(parsed.GetRequiredValue(keys), terminal, parsed.GetValue(passphrase), signers => RepositoryFolder.Sign(folder.DraftFile, signers));

            // What others have signed is new to these keys: all of it is shown.
            TargetsMetadata? known = folder.IsLastOurs ? folder.Last : null;
            foreach (string path in folder.Draft!.Targets.Keys.Except(known?.Targets.Keys ?? []).Order(StringComparer.Ordinal))
            {
                parsed.Say(terminal, path, VendorStatement.Read(folder.Draft.Targets[path].Custom!) is { WayBackFrom: { } from }
                    ? $"the way back from {from}, to what {VendorDraft.LeadsTo(folder.Draft, path)} has; if that was halted, remove the draft and sign with --way-back-to"
                    : $"a release of {folder.Draft.Targets[path].Length:N0} bytes");
            }

            parsed.Say(terminal, folder.DraftFile, folder.State());
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Publish(Terminal terminal)
    {
        Command command = new("publish", "Send the signed draft and its packages to the server");
        command.SetAction(async (parsed, _) =>
        {
            VendorFolder folder = parsed.VendorFolder();
            if (folder.Draft is null)
            {
                throw new CommandException(ExitCode.NotDone, folder.DraftFile, "there is nothing new to publish", "`ringwall vendor sign` drafts it; after `vendor fetch` brought a newer file, sign again");
            }

            TargetsMetadata draft = RepositoryFolder.Read(folder.DraftFile, folder.Verified);
            using ServerConnection server = parsed.Connect();
            TargetsMetadata? known = folder.IsLastOurs ? folder.Last : null;
            foreach (TargetFile file in draft.Targets.Values.Where(file => known?.Targets.ContainsKey(file.Path) != true).DistinctBy(file => file.Digests.Preferred))
            {
                string sha256 = file.Digests.Preferred!;
                if (await server.TryGetBytesAsync($"api/v1/vendor/packages/{sha256}", terminal.Stop).ConfigureAwait(false) is null)
                {
                    await SendAsync(server, folder.Package(sha256), sha256).ConfigureAwait(false);
                    parsed.Say(terminal, file.Path, $"{file.Length:N0} bytes sent");
                }
            }

            PublicationReply reply = await server.PostAsync("api/v1/vendor/targets", draft.File.Bytes, ApiJson.Default.PublicationReply, terminal.Stop).ConfigureAwait(false);
            RepositoryFolder.Store(folder.TargetsFile, draft.File.Bytes);
            File.Delete(folder.DraftFile);
            if (parsed.WantsJson())
            {
                terminal.Out.WriteLine(JsonSerializer.Serialize(reply, ApiJson.Lines.PublicationReply));
                return ExitCode.Done;
            }

            foreach (string release in reply.Releases)
            {
                terminal.Out.WriteLine($"{release}: published");
            }

            foreach (string rollout in reply.Rollouts)
            {
                terminal.Out.WriteLine($"rollout {rollout} begins by itself, as the operator's policy has it");
            }

            return ExitCode.Done;
        });
        return command;

        async Task SendAsync(ServerConnection server, string package, string sha256)
        {
            PackageReceipt receipt;
            try
            {
                using FileStream from = File.OpenRead(package);
                receipt = await server.PostAsync("api/v1/vendor/packages", from, ApiJson.Default.PackageReceipt, terminal.Stop).ConfigureAwait(false);
            }
            catch (FileNotFoundException gone)
            {
                throw new CommandException(ExitCode.NotDone, package, gone.Message.TrimEnd('.'), "sign the package again");
            }

            if (receipt.Sha256 != sha256)
            {
                throw new CommandException(ExitCode.NotDone, package, $"the server took it for {receipt.Sha256}", "it was changed after it was signed, or on its way");
            }
        }
    }

    private static Command Fetch(Terminal terminal)
    {
        Command command = new("fetch", "Take up what was published from another machine, if this vendor's keys have signed it");
        command.SetAction(async (parsed, _) =>
        {
            VendorFolder folder = parsed.VendorFolder();
            using ServerConnection server = parsed.Connect();
            byte[] file = await server.TryGetBytesAsync($"api/v1/repositories/{RepositoryFolder.Vendors}/{folder.Registration.Name}", terminal.Stop).ConfigureAwait(false)
                ?? throw new CommandException(ExitCode.NotDone, folder.Registration.Name, "nothing is published yet", "");
            try
            {
                TargetsMetadata theirs = folder.Verified(file);
                if (folder.Published is { } mine && theirs.Version < mine.Version)
                {
                    throw new CommandException(ExitCode.NotDone, folder.TargetsFile, $"the server shows version {theirs.Version}, and {mine.Version} was published from here", "ask its operator");
                }

                RepositoryFolder.Store(folder.TargetsFile, file);
                parsed.Say(terminal, folder.TargetsFile, $"version {theirs.Version}, {theirs.Targets.Count} releases");
                return ExitCode.Done;
            }
            catch (UpdateRejectedException refused)
            {
                throw new CommandException(ExitCode.NotDone, folder.Registration.Name, $"what the server shows is not this vendor's: {refused.Message}", "ask its operator");
            }
        });
        return command;
    }

    private static Command Releases(Terminal terminal)
    {
        Command command = new("releases", "What this vendor has published, and how far it is let out");
        command.SetAction((parsed, _) => OperatorRolloutCommands.ReleasesAsync(parsed, terminal));
        return command;
    }
}
