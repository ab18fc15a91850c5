using System.CommandLine;
using System.Text.Json;
using Ringwall.Cli.Keys;
using Ringwall.Cli.Views;
using Ringwall.Trust;
using Ringwall.Wire;

namespace Ringwall.Cli.Commands;

/// <summary>Key files: made here, opened here, and nowhere else in the open.</summary>
internal static class KeysCommands
{
    public static Command Build(Terminal terminal) => new("keys", "Keys to sign with, in encrypted files. Needs no host")
    {
        New(terminal), List(terminal), Show(terminal), ChangePassphrase(terminal),
    };

    private static Command New(Terminal terminal)
    {
        Argument<string> file = new("FILE") { Description = "The key file to write, as NAME.pem" };
        Option<bool> rsa = new("--rsa") { Description = "RSA of 3072 bits with PSS, instead of ECDSA on P-256" };
        Option<string?> passphrase = Passphrase.File();
        Command command = new("new", "Make a key; the private half is encrypted with a passphrase") { file, rsa, passphrase };
        command.SetAction(parsed =>
        {
            string path = ParsedOptions.Absolute(parsed.GetRequiredValue(file));
            PublicKey key = KeyFolder.New(path, Passphrase.Read(terminal, parsed.GetValue(passphrase), $"A passphrase for {path}", twice: true), parsed.GetValue(rsa));
            Write(parsed, terminal, new KeyLine(path, key.Id, KeyFolder.Kind(key), Sealed: true));
            return ExitCode.Done;
        });
        return command;
    }

    private static Command List(Terminal terminal)
    {
        Argument<string> folder = new("DIR") { Description = "A folder; the current one without", DefaultValueFactory = _ => "." };
        Command command = new("list", "The keys in a folder: which, of which kind, and whether the private half is there") { folder };
        command.SetAction(parsed =>
        {
            string path = ParsedOptions.Absolute(parsed.GetRequiredValue(folder));
            if (!Directory.Exists(path))
            {
                throw new CommandException(ExitCode.Usage, path, "there is no such folder", "name one");
            }

            KeyLine[] lines = [.. Directory.EnumerateFiles(path, "*.pem").Order(StringComparer.Ordinal).Select(Line)];
            if (parsed.WantsJson())
            {
                Array.ForEach(lines, line => Write(parsed, terminal, line));
                return ExitCode.Done;
            }

            Sheet sheet = new(words: 4, "ID", "KIND", "PRIVATE HALF", "FILE");
            Array.ForEach(lines, line => sheet.Row(SigningLine.Short(line.Id), line.Kind, line.Sealed ? "encrypted" : "elsewhere", Path.GetFileName(line.File)));
            sheet.Write(terminal.Console);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Show(Terminal terminal)
    {
        Argument<string> file = new("FILE") { Description = "A key file" };
        Command command = new("show", "A key's identifier and its public half, as others are given it") { file };
        command.SetAction(parsed =>
        {
            string path = ParsedOptions.Absolute(parsed.GetRequiredValue(file));
            KeyLine line = Line(path) with { Public = KeyFile.Pem(KeyFolder.Public(path)) };
            Write(parsed, terminal, line);
            if (!parsed.WantsJson())
            {
                terminal.Out.Write(line.Public);
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static Command ChangePassphrase(Terminal terminal)
    {
        Argument<string> file = new("FILE") { Description = "A key file" };
        Option<string?> passphrase = Passphrase.File();
        Option<string?> next = Passphrase.File("--new-passphrase-file", "The new passphrase is the first line of FILE; without, it is asked for");
        Command command = new("passphrase", "Encrypt a key with another passphrase. Copies of the file keep the old one") { file, passphrase, next };
        command.SetAction(parsed =>
        {
            string path = ParsedOptions.Absolute(parsed.GetRequiredValue(file));
            string old = Passphrase.Read(terminal, parsed.GetValue(passphrase), $"The passphrase of {path}");
            PublicKey key = KeyFolder.Reseal(path, old, Passphrase.Read(terminal, parsed.GetValue(next), "The new passphrase", twice: true));
            Write(parsed, terminal, new KeyLine(path, key.Id, KeyFolder.Kind(key), Sealed: true));
            return ExitCode.Done;
        });
        return command;
    }

    private static KeyLine Line(string path)
    {
        PublicKey key = KeyFolder.Public(path);
        return new KeyLine(path, key.Id, KeyFolder.Kind(key), KeyFolder.HasPrivate(path));
    }

    private static void Write(ParseResult parsed, Terminal terminal, KeyLine line) => terminal.Out.WriteLine(parsed.WantsJson()
        ? JsonSerializer.Serialize(line, CliJson.Lines.KeyLine)
        : $"{line.File}: {line.Kind}, {line.Id}");
}
