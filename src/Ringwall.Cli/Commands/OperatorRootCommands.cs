using System.CommandLine;
using Ringwall.Cli.Ceremony;
using Ringwall.Cli.Keys;
using Ringwall.Cli.Views;
using Ringwall.Trust;
using Ringwall.Wire;

namespace Ringwall.Cli.Commands;

/// <summary>The next root of a repository: drafted by one, signed by several.</summary>
internal static class OperatorRootCommands
{
    private static readonly string[] Roles = [RoleName.Root, RoleName.Targets, RoleName.Snapshot, RoleName.Timestamp];

    public static Command Build(Terminal terminal) => new("root", "A repository's root: who may sign what in it")
    {
        Draft(terminal), Rotate(terminal), Sign(terminal), Missing(terminal), Show(terminal),
    };

    private static Argument<string> Repository()
    {
        Argument<string> repository = new("REPOSITORY") { Description = "vendors or director" };
        repository.AcceptOnlyFromAmong([.. RepositoryFolder.Names]);
        return repository;
    }

    private static Command Draft(Terminal terminal)
    {
        Argument<string> repository = Repository();
        Option<string[]> add = new("--add") { Description = "Let a key sign for a role (several)", HelpName = "ROLE=FILE" };
        Option<string[]> remove = new("--remove") { Description = "Take a key away from a role; FILE, or the beginning of its identifier (several)", HelpName = "ROLE=KEY" };
        Option<string[]> threshold = new("--threshold") { Description = "How many keys must sign for a role (several)", HelpName = "ROLE=N" };
        Option<int> days = OperatorCommands.Days(365);
        Command command = new("draft", "Write the next root, or change its draft; signatures on a draft are lost when it changes") { repository, add, remove, threshold, days };
        command.SetAction(parsed =>
        {
            RepositoryFolder folder = parsed.OperatorFolder().Repository(parsed.GetRequiredValue(repository));
            RootDraft draft = Open(folder, parsed.GetValue(days));
            foreach ((string role, string value) in Pairs(parsed.GetValue(add)))
            {
                draft.AddKey(role, KeyFolder.Public(ParsedOptions.Absolute(value)));
            }

            foreach ((string role, string value) in Pairs(parsed.GetValue(remove)))
            {
                draft.RemoveKey(role, Id(folder, role, value));
            }

            foreach ((string role, string value) in Pairs(parsed.GetValue(threshold)))
            {
                draft.SetThreshold(role, int.TryParse(value, out int number) && number >= 1 ? number : throw new CommandException(ExitCode.Usage, $"{role}={value}", "a threshold is 1 or more", "give a number"));
            }

            return Store(parsed, terminal, folder, draft);
        });
        return command;
    }

    private static Command Rotate(Terminal terminal)
    {
        Argument<string> repository = Repository();
        Argument<string> old = new("OLD") { Description = "The key that goes: FILE, or the beginning of its identifier" };
        Argument<string> next = new("NEW") { Description = "The key that takes its place in every role that it has" };
        Option<int> days = OperatorCommands.Days(365);
        Command command = new("rotate", "Draft a root with one key in another's place: lost, stolen, or old") { repository, old, next, days };
        command.SetAction(parsed =>
        {
            RepositoryFolder folder = parsed.OperatorFolder().Repository(parsed.GetRequiredValue(repository));
            RootDraft draft = Open(folder, parsed.GetValue(days));
            PublicKey key = KeyFolder.Public(ParsedOptions.Absolute(parsed.GetRequiredValue(next)));
            string[] roles = [.. Roles.Where(role => TryId(folder, role, parsed.GetRequiredValue(old)) is not null)];
            if (roles.Length == 0)
            {
                throw new CommandException(ExitCode.Usage, parsed.GetRequiredValue(old), "no role of this root has that key", "`ringwall operator root show` lists them");
            }

            // One key in two places signs once: the role would be left with fewer keys than it says.
            if (roles.FirstOrDefault(role => draft.Has(role, key.Id)) is { } twice)
            {
                throw new CommandException(ExitCode.Usage, parsed.GetRequiredValue(next), $"{twice} has that key already, and would be left with one key fewer", "make a new one with `ringwall keys new`");
            }

            foreach (string role in roles)
            {
                draft.RemoveKey(role, Id(folder, role, parsed.GetRequiredValue(old))).AddKey(role, key);
            }

            return Store(parsed, terminal, folder, draft);
        });
        return command;
    }

    private static Command Sign(Terminal terminal)
    {
        Argument<string> repository = Repository();
        Option<string[]> keys = new("--key") { Description = "A key file to sign with (several)", HelpName = "FILE", Required = true };
        Option<string?> passphrase = Passphrase.File();
        Command command = new("sign", "Sign the draft; with the last signature that it needs it becomes the next root") { repository, keys, passphrase };
        command.SetAction(parsed =>
        {
            RepositoryFolder folder = parsed.OperatorFolder().Repository(parsed.GetRequiredValue(repository));
            IReadOnlyList<SigningState> states = OperatorCommands.WithKeys(parsed.GetRequiredValue(keys), terminal, parsed.GetValue(passphrase), folder.SignRoot);
            Tell(parsed, terminal, folder, states);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Missing(Terminal terminal)
    {
        Argument<string> repository = Repository();
        Command command = new("missing", "Who has signed the draft, and who may. Ends with 1 while somebody is missing") { repository };
        command.SetAction(parsed =>
        {
            RepositoryFolder folder = parsed.OperatorFolder().Repository(parsed.GetRequiredValue(repository));
            IReadOnlyList<SigningState> states = folder.RootState();
            Tell(parsed, terminal, folder, states);
            return states.All(state => state.IsEnough) ? ExitCode.Done : ExitCode.NotDone;
        });
        return command;
    }

    private static Command Show(Terminal terminal)
    {
        Argument<string> repository = Repository();
        Command command = new("show", "The keys of each role, of the draft if there is one: look before you sign") { repository };
        command.SetAction(parsed =>
        {
            RepositoryFolder folder = parsed.OperatorFolder().Repository(parsed.GetRequiredValue(repository));
            bool isDraft = folder.HasRootDraft;
            RootMetadata root = isDraft ? RepositoryFolder.Read(folder.DraftRootFile, RootMetadata.ReadDraft) : folder.NeedRoot();
            string file = isDraft ? folder.DraftRootFile : folder.RootFile(root.Version);
            if (!parsed.WantsJson())
            {
                terminal.Out.WriteLine($"{file}: root {root.Version} of {folder.Name}, believed until {root.Head.Expires:yyyy-MM-dd}");
            }

            foreach (string role in Roles)
            {
                RoleKeys who = root.Roles[role];
                string before = isDraft && folder.Root is { } had ? Change(had.Roles[role], who) : "";
                parsed.Say(terminal, role, $"{who.Threshold} of {string.Join(", ", who.KeyIds.Select(SigningLine.Short))}{before}");
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static string Change(RoleKeys had, RoleKeys has)
    {
        string[] added = [.. has.KeyIds.Except(had.KeyIds)];
        string[] gone = [.. had.KeyIds.Except(has.KeyIds)];
        return added.Length == 0 && gone.Length == 0 && had.Threshold == has.Threshold
            ? ""
            : $" (was {had.Threshold} of {had.KeyIds.Count}; new: {List(added)}; gone: {List(gone)})";

        static string List(string[] ids) => ids.Length == 0 ? "none" : string.Join(", ", ids.Select(SigningLine.Short));
    }

    private static RootDraft Open(RepositoryFolder folder, int days)
    {
        DateTimeOffset expires = OperatorCommands.Expires(days);
        if (!folder.HasRootDraft)
        {
            return new RootDraft(folder.NeedRoot()) { Expires = expires };
        }

        RootMetadata draft = RepositoryFolder.Read(folder.DraftRootFile, RootMetadata.ReadDraft);
        return new RootDraft(draft) { Expires = expires, Version = draft.Version };
    }

    private static int Store(ParseResult parsed, Terminal terminal, RepositoryFolder folder, RootDraft draft)
    {
        byte[] file = FileSigning.Sign(draft.Body());
        RootMetadata next = RootMetadata.ReadDraft(file);
        foreach (string role in Roles.Where(role => next.Roles[role].Threshold > next.Roles[role].KeyIds.Count))
        {
            throw new CommandException(ExitCode.Usage, role, $"{next.Roles[role].Threshold} of {next.Roles[role].KeyIds.Count} keys can never sign", "add keys, or lower the threshold");
        }

        RepositoryFolder.Store(folder.DraftRootFile, file);
        Tell(parsed, terminal, folder, folder.RootState());
        return ExitCode.Done;
    }

    private static void Tell(ParseResult parsed, Terminal terminal, RepositoryFolder folder, IReadOnlyList<SigningState> states)
    {
        string file = states.All(state => state.IsEnough) ? folder.RootFile(folder.Roots().Count) : folder.DraftRootFile;
        foreach (SigningState state in states)
        {
            parsed.Say(terminal, file, state);
        }
    }

    private static IEnumerable<(string Role, string Value)> Pairs(string[]? texts)
    {
        foreach (string text in texts ?? [])
        {
            int equals = text.IndexOf('=', StringComparison.Ordinal);
            string role = equals < 0 ? "" : text[..equals];
            yield return Roles.Contains(role)
                ? (role, text[(equals + 1)..])
                : throw new CommandException(ExitCode.Usage, text, $"it does not begin with one of {string.Join(", ", Roles)} and '='", "say for which role");
        }
    }

    private static string Id(RepositoryFolder folder, string role, string key) =>
        TryId(folder, role, key) ?? throw new CommandException(ExitCode.Usage, key, $"{role} has no such key, or several", "`ringwall operator root show` lists them");

    private static string? TryId(RepositoryFolder folder, string role, string key)
    {
        string wanted = File.Exists(key) ? KeyFolder.Public(ParsedOptions.Absolute(key)).Id : key;
        string[] found = [.. folder.NeedRoot().Roles[role].KeyIds.Where(id => wanted.Length >= 6 && id.StartsWith(wanted, StringComparison.Ordinal))];
        return found.Length == 1 ? found[0] : null;
    }
}
