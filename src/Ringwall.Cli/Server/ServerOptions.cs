using System.CommandLine;
using Ringwall.Cli.Commands;
using Ringwall.Wire;

namespace Ringwall.Cli.Server;

/// <summary>Which server, and as whom.</summary>
internal static class ServerOptions
{
    public const string ServerVariable = "RINGWALL_SERVER";
    public const string TokenVariable = "RINGWALL_TOKEN";

    public static readonly Option<string?> Server = new("--server")
    {
        Description = $"The fleet's server; ${ServerVariable} when not given",
        HelpName = "URL",
        Recursive = true,
    };

    public static readonly Option<string?> TokenFile = new("--token-file")
    {
        Description = $"A file with an API token; ${TokenVariable} has the token itself when not given",
        HelpName = "FILE",
        Recursive = true,
    };

    /// <exception cref="CommandException">Server or token are not known.</exception>
    public static ServerConnection Connect(this ParseResult parsed)
    {
        string server = parsed.GetValue(Server) ?? Environment.GetEnvironmentVariable(ServerVariable)
            ?? throw new CommandException(ExitCode.Usage, "--server", "which server is meant is not known", $"name it, or set {ServerVariable}");
        if (!Uri.TryCreate(server.EndsWith('/') ? server : server + "/", UriKind.Absolute, out Uri? address) || address.Scheme is not ("http" or "https"))
        {
            throw new CommandException(ExitCode.Usage, server, "it is no address of a server", "name it as https://HOST");
        }

        return new ServerConnection(address, Token(parsed));
    }

    private static string Token(ParseResult parsed)
    {
        string? file = parsed.GetValue(TokenFile);
        try
        {
            string? token = file is null ? Environment.GetEnvironmentVariable(TokenVariable) : File.ReadAllText(ParsedOptions.Absolute(file)).Trim();
            return string.IsNullOrEmpty(token)
                ? throw new CommandException(ExitCode.Usage, file ?? "--token-file", "there is no API token", $"make one on the server's page of your account, and name its file or set {TokenVariable}")
                : token;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.Usage, file!, refused.Message.TrimEnd('.'), "name a file with an API token");
        }
    }
}
