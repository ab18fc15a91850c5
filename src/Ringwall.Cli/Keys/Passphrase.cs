using System.CommandLine;
using System.Text;
using Ringwall.Wire;
using Spectre.Console;

namespace Ringwall.Cli.Keys;

/// <summary>Where a passphrase comes from: a file that was named, or the person at the terminal. Never the command line, which every process may read.</summary>
internal static class Passphrase
{
    public static Option<string?> File(string name = "--passphrase-file", string what = "The passphrase is the first line of FILE; without, it is asked for") =>
        new(name) { Description = what, HelpName = "FILE" };

    /// <param name="terminal">Where it is asked for.</param>
    /// <param name="file">Null: ask.</param>
    /// <param name="prompt">What it is for.</param>
    /// <param name="twice">Ask again, because nobody could open what is sealed with a slip of the finger.</param>
    /// <exception cref="CommandException">Nobody is there to be asked, or the file cannot be read.</exception>
    public static string Read(Terminal terminal, string? file, string prompt, bool twice = false)
    {
        if (file is not null)
        {
            try
            {
                using StreamReader reader = new(file);
                return reader.ReadLine() ?? throw new CommandException(ExitCode.Usage, file, "it is empty", "put the passphrase into its first line");
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
            {
                throw new CommandException(ExitCode.Usage, file, refused.Message.TrimEnd('.'), "name a file with the passphrase");
            }
        }

        if (!terminal.IsInteractive || System.Console.IsInputRedirected)
        {
            throw new CommandException(ExitCode.Usage, prompt, "a passphrase is needed, and nobody is here to be asked", "name a file with it");
        }

        string said = Ask(terminal, prompt);
        return !twice || Ask(terminal, $"{prompt}, again") == said
            ? said
            : throw new CommandException(ExitCode.Usage, prompt, "the two are not the same", "say it again");
    }

    // Key by key: the library's own prompt converts what is typed by reflection, which a trimmed program does not have.
    private static string Ask(Terminal terminal, string prompt)
    {
        terminal.Console.Write($"{prompt}: ");
        StringBuilder typed = new();
        while (terminal.Console.Input.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key == ConsoleKey.Backspace)
            {
                typed.Length = Math.Max(0, typed.Length - 1);
            }
            else if (!char.IsControl(key.KeyChar))
            {
                _ = typed.Append(key.KeyChar);
            }
        }

        terminal.Console.WriteLine();
        return typed.ToString();
    }
}
