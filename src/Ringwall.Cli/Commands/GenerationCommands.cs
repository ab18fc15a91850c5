using System.CommandLine;
using System.Text.Json;
using Ringwall.Cli.Control;
using Ringwall.Cli.Views;
using Ringwall.Wire;
using Ringwall.Wire.Control;
using Ringwall.Wire.Status;

namespace Ringwall.Cli.Commands;

/// <summary>What an operator does with the generations of a sensor.</summary>
internal static class GenerationCommands
{
    public static Command Install(Terminal terminal)
    {
        Argument<string> package = new("PACKAGE") { Description = "A file, as docs/packages.md describes it" };
        Option<string?> sensor = new("--sensor") { Description = "For this sensor, if it is not called as the package says", HelpName = "NAME" };
        Command command = new("install", "Make a generation of a package, and try it beside the one in service") { package, sensor };
        command.SetAction((parsed, _) => OrderAsync(parsed, terminal, new ControlRequest
        {
            Do = ControlVerb.Install,
            Path = ParsedOptions.Absolute(parsed.GetRequiredValue(package)),
            Name = parsed.GetValue(sensor),
        }));
        return command;
    }

    public static Command List(Terminal terminal)
    {
        Argument<string?> sensor = new("NAME") { Description = "As `ringwall sensors` lists it; all of them without", Arity = ArgumentArity.ZeroOrOne };
        Command command = new("generations", "What is installed of a sensor: in service, fallback, waiting, refused, kept") { sensor };
        command.SetAction((parsed, _) => ListAsync(parsed, terminal, parsed.GetValue(sensor)));
        return command;
    }

    public static Command Promote(Terminal terminal)
    {
        Argument<string> sensor = Name();
        Argument<long?> number = new("N") { Description = "Which generation; the newest that waits without. A refused one is forgiven", Arity = ArgumentArity.ZeroOrOne };
        Command command = new("promote", "Put a generation into service once it has passed its trial; the one before stays as the fallback") { sensor, number };
        command.SetAction((parsed, _) => OrderAsync(parsed, terminal, new ControlRequest
        {
            Do = ControlVerb.Promote,
            Name = parsed.GetRequiredValue(sensor),
            Number = parsed.GetValue(number),
        }));
        return command;
    }

    public static Command RollBack(Terminal terminal)
    {
        Argument<string> sensor = Name();
        Command command = new("rollback", "Return to the generation before, and refuse the one in service") { sensor };
        command.SetAction((parsed, _) => OrderAsync(parsed, terminal, new ControlRequest { Do = ControlVerb.RollBack, Name = parsed.GetRequiredValue(sensor) }));
        return command;
    }

    public static Command Pin(Terminal terminal)
    {
        Argument<string> sensor = Name();
        Argument<long?> number = new("N") { Description = "The generation in service", Arity = ArgumentArity.ZeroOrOne };
        Option<bool> off = new("--off") { Description = "Let go" };
        Command command = new("pin", "Hold a sensor at the generation in service: no other is promoted, whatever is installed") { sensor, number, off };
        command.Validators.Add(result =>
        {
            if ((result.GetValue(number) is null) != result.GetValue(off))
            {
                result.AddError("Name N, or give --off");
            }
        });
        command.SetAction((parsed, _) => OrderAsync(parsed, terminal, new ControlRequest
        {
            Do = ControlVerb.Pin,
            Name = parsed.GetRequiredValue(sensor),
            Number = parsed.GetValue(number),
        }));
        return command;
    }

    private static Argument<string> Name() => new("NAME") { Description = "As `ringwall sensors` lists it" };

    // Of an order's answer a person wants the sentence, a script the generation.
    private static async Task<int> OrderAsync(ParseResult parsed, Terminal terminal, ControlRequest request)
    {
        using HostConnection host = await HostConnection.OpenAsync(parsed.RunDirectory(), terminal.Stop).ConfigureAwait(false);
        await foreach (ControlReply reply in host.AskAsync(request, terminal.Stop).ConfigureAwait(false))
        {
            if (parsed.WantsJson())
            {
                terminal.Out.WriteLine(JsonSerializer.Serialize(reply, ControlReplyJson.Lines.ControlReply));
            }
            else if (reply.Said is { } said)
            {
                terminal.Out.WriteLine(said);
            }
        }

        return ExitCode.Done;
    }

    private static async Task<int> ListAsync(ParseResult parsed, Terminal terminal, string? sensor)
    {
        using HostConnection host = await HostConnection.OpenAsync(parsed.RunDirectory(), terminal.Stop).ConfigureAwait(false);
        List<GenerationLine> lines = [];
        await foreach (ControlReply reply in host.AskAsync(new ControlRequest { Do = ControlVerb.Generations, Name = sensor }, terminal.Stop).ConfigureAwait(false))
        {
            if (reply.Generation is { } line)
            {
                lines.Add(line);
            }
        }

        if (parsed.WantsJson())
        {
            lines.ForEach(line => terminal.Out.WriteLine(JsonSerializer.Serialize(line, ControlReplyJson.Lines.GenerationLine)));
        }
        else
        {
            GenerationsView.Write(terminal.Console, lines);
        }

        return ExitCode.Done;
    }
}
