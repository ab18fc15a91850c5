using System.CommandLine;
using System.Text.Json;
using Ringwall.Cli.Control;
using Ringwall.Wire;
using Ringwall.Wire.Control;

namespace Ringwall.Cli.Commands;

/// <summary>Orders whose answer is a sentence.</summary>
internal static class SayCommand
{
    public static async Task<int> RunAsync(ParseResult parsed, Terminal terminal, ControlRequest request)
    {
        using HostConnection host = await HostConnection.OpenAsync(parsed.RunDirectory(), terminal.Stop).ConfigureAwait(false);
        ControlReply reply = await host.AskOneAsync(request, terminal.Stop).ConfigureAwait(false);
        terminal.Out.WriteLine(parsed.WantsJson() ? JsonSerializer.Serialize(reply, ControlReplyJson.Lines.ControlReply) : reply.Said);
        return ExitCode.Done;
    }
}
