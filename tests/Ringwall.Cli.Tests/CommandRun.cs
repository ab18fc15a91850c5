using Spectre.Console;

namespace Ringwall.Cli.Tests;

/// <summary>One run of the command line in this process.</summary>
internal sealed record CommandRun(int Exit, string Said, string Complained)
{
    public static async Task<CommandRun> OfAsync(params string[] arguments) => await OfAsync(CancellationToken.None, arguments);

    public static async Task<CommandRun> OfAsync(CancellationToken stop, params string[] arguments)
    {
        StringWriter said = new();
        StringWriter complained = new();
        int exit = await Entry.RunAsync(arguments, new Terminal(said, complained, Plain(said), stop));
        return new CommandRun(exit, said.ToString(), complained.ToString());
    }

    /// <summary>A console as a file or a pipe is: 80 columns, no colours.</summary>
    public static IAnsiConsole Plain(TextWriter into, int width = 80)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(into),
        });
        console.Profile.Width = width;
        return console;
    }
}
