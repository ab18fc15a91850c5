using System.CommandLine;
using Ringwall.Cli.Ceremony;
using Ringwall.Cli.Keys;
using Ringwall.Cli.Views;
using Ringwall.Trust;
using Ringwall.Wire;
using Ringwall.Wire.Api;

namespace Ringwall.Cli.Commands;

/// <summary>Which vendor has which keys: the vendors' targets file, signed offline.</summary>
internal static class OperatorVendorsCommands
{
    public static Command Build(Terminal terminal) => new("vendors", "Which vendor has which keys, signed with the keys of targets")
    {
        Draft(terminal), Sign(terminal), Missing(terminal), Show(terminal),
    };

    private static Command Draft(Terminal terminal)
    {
        Option<string[]> add = new("--add") { Description = "A vendor's vendor.json: its name, its keys from now on, and how many must sign (several)", HelpName = "FILE" };
        Option<string[]> remove = new("--remove") { Description = "A vendor whose signatures count no more (several)", HelpName = "NAME" };
        Option<int> days = OperatorCommands.Days(365);
        Command command = new("draft", "Write the next file of vendors, or change its draft; without a vendor it is the same for longer") { add, remove, days };
        command.SetAction(parsed =>
        {
            RepositoryFolder folder = parsed.OperatorFolder().Vendors;
            TargetsDraft draft = Open(folder, parsed.GetValue(days));
            foreach (string file in parsed.GetValue(add) ?? [])
            {
                VendorRegistration vendor = VendorFolder.ReadRegistration(ParsedOptions.Absolute(file));
                if (RoleName.IsTopLevel(vendor.Name))
                {
                    throw new CommandException(ExitCode.Usage, file, $"no vendor may be called {vendor.Name}", "let it choose another name");
                }

                // Terminating: nobody after it is asked about its paths, and its pattern covers no other's.
                draft.Delegate(vendor.Name, [.. vendor.Keys.Select(pem => Key(file, pem))], vendor.Threshold, [$"{vendor.Name}/*/*"]);
            }

            foreach (string name in parsed.GetValue(remove) ?? [])
            {
                draft.Undelegate(name);
            }

            RepositoryFolder.Store(folder.DraftTargetsFile, FileSigning.Sign(draft.Body()));
            parsed.Say(terminal, folder.DraftTargetsFile, folder.TargetsState());
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Sign(Terminal terminal)
    {
        Option<string[]> keys = new("--key") { Description = "A key file to sign with (several)", HelpName = "FILE", Required = true };
        Option<string?> passphrase = Passphrase.File();
        Command command = new("sign", "Sign the draft; with the last signature that it needs it can be published") { keys, passphrase };
        command.SetAction(parsed =>
        {
            RepositoryFolder folder = parsed.OperatorFolder().Vendors;
            SigningState state = OperatorCommands.WithKeys(parsed.GetRequiredValue(keys), terminal, parsed.GetValue(passphrase), folder.SignTargets);
            parsed.Say(terminal, state.IsEnough ? folder.TargetsFile : folder.DraftTargetsFile, state);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Missing(Terminal terminal)
    {
        Command command = new("missing", "Who has signed the draft, and who may. Ends with 1 while somebody is missing");
        command.SetAction(parsed =>
        {
            RepositoryFolder folder = parsed.OperatorFolder().Vendors;
            SigningState state = folder.TargetsState();
            parsed.Say(terminal, folder.DraftTargetsFile, state);
            return state.IsEnough ? ExitCode.Done : ExitCode.NotDone;
        });
        return command;
    }

    private static Command Show(Terminal terminal)
    {
        Command command = new("show", "The vendors and their keys, of the draft if there is one: look before you sign");
        command.SetAction(parsed =>
        {
            RepositoryFolder folder = parsed.OperatorFolder().Vendors;
            bool isDraft = folder.HasTargetsDraft;
            TargetsMetadata? targets = isDraft ? RepositoryFolder.Read(folder.DraftTargetsFile, TargetsMetadata.ReadDraft) : folder.Targets;
            foreach (Delegation delegation in targets?.Delegations ?? [])
            {
                parsed.Say(terminal, delegation.Role, $"{delegation.Keys.Threshold} of {string.Join(", ", delegation.Keys.KeyIds.Select(SigningLine.Short))} for {string.Join(", ", delegation.Patterns ?? [])}");
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static TargetsDraft Open(RepositoryFolder folder, int days)
    {
        DateTimeOffset expires = OperatorCommands.Expires(days);
        if (!folder.HasTargetsDraft)
        {
            return new TargetsDraft(folder.Targets) { Expires = expires };
        }

        TargetsMetadata draft = RepositoryFolder.Read(folder.DraftTargetsFile, TargetsMetadata.ReadDraft);
        return new TargetsDraft(draft) { Expires = expires, Version = draft.Version };
    }

    private static PublicKey Key(string file, string pem)
    {
        try
        {
            return KeyFile.ReadPublic(pem);
        }
        catch (KeyFileException broken)
        {
            throw new CommandException(ExitCode.Usage, file, broken.Message, "let the vendor make its registration anew");
        }
    }
}
