using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ringwall.Agent.Running;

/// <summary>The arguments of ringwall-agent. What stands here goes before what stands in the file.</summary>
internal sealed record AgentOptions
{
    public const string Usage =
        """
        usage: ringwall-agent [--config FILE] [--state-dir DIR] [--run-dir DIR] [--as-root]
               ringwall-agent --enrol --server URL --token-file FILE [--mirror URL]... [--name NAME] [--state-dir DIR] [--run-dir DIR]

        The agent: the one program of Ringwall on an endpoint that uses the network. It brings signed files and packages to the host, which verifies
        them by itself, and reports to the fleet's server. It needs no right, and does not run as root unless told.

          --config FILE       read "stateDir", "runDir", "mirrors" from FILE (docs/agent.md)
          --state-dir DIR     key, trusted files, spool, reports (/var/lib/ringwall-agent)
          --run-dir DIR       where the host has its door (/run/ringwall)
          --mirror URL        fetch static files from URL first; more than one in this order
          --enrol             make this machine a device of the fleet, and end
          --server URL        the fleet's server
          --token-file FILE   the join token; - reads it from standard input
          --name NAME         what people call this machine (its host name)
          --as-root           run as root all the same: for trying things out
          --help, --version

        Exit codes: 0 ended as told, 1 failed, 2 bad arguments, 3 it is root, 6 no host answers.
        """;

    public const string DefaultStateDirectory = "/var/lib/ringwall-agent";
    public const string DefaultRunDirectory = "/run/ringwall";

    public bool Help { get; init; }

    public bool Version { get; init; }

    public bool AsRoot { get; init; }

    public bool Enrol { get; init; }

    public string? Config { get; init; }

    public string? StateDirectory { get; init; }

    public string? RunDirectory { get; init; }

    public IReadOnlyList<string> Mirrors { get; init; } = [];

    public string? Server { get; init; }

    public string? TokenFile { get; init; }

    public string? Name { get; init; }

    /// <returns>Null when the arguments cannot be used; <paramref name="reason"/> says why.</returns>
    public static AgentOptions? Parse(IReadOnlyList<string> arguments, out string reason)
    {
        AgentOptions read = new();
        for (int i = 0; i < arguments.Count; i++)
        {
            string? value = i + 1 < arguments.Count ? arguments[i + 1] : null;
            bool takesValue = arguments[i] is "--config" or "--state-dir" or "--run-dir" or "--mirror" or "--server" or "--token-file" or "--name";
            AgentOptions? next = (arguments[i], value) switch
            {
                ("--help" or "-h", _) => read with { Help = true },
                ("--version", _) => read with { Version = true },
                ("--as-root", _) => read with { AsRoot = true },
                ("--enrol", _) => read with { Enrol = true },
                (_, null) => null,
                ("--config", _) => read with { Config = value },
                ("--state-dir", _) => read with { StateDirectory = Path.GetFullPath(value) },
                ("--run-dir", _) => read with { RunDirectory = Path.GetFullPath(value) },
                ("--mirror", _) => read with { Mirrors = [.. read.Mirrors, value] },
                ("--server", _) => read with { Server = value },
                ("--token-file", _) => read with { TokenFile = value },
                ("--name", _) => read with { Name = value },
                _ => null,
            };
            if (next is null)
            {
                reason = $"'{arguments[i]}' is not understood, or its value is missing; ringwall-agent --help lists the options";
                return null;
            }

            i += takesValue ? 1 : 0;
            read = next;
        }

        reason = read.Enrol && (read.Server is null || read.TokenFile is null) ? "--enrol needs --server and --token-file" : "";
        return reason.Length == 0 ? read : null;
    }

    /// <summary>These options on top of those of the file that they name, and of the defaults.</summary>
    /// <exception cref="AgentException">The file cannot be used.</exception>
    public AgentOptions Complete()
    {
        AgentFile file = new();
        if (Config is { } path)
        {
            try
            {
                file = JsonSerializer.Deserialize(File.ReadAllBytes(path), AgentFileJson.Default.AgentFile) ?? throw new JsonException("it is null");
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or JsonException)
            {
                throw new AgentException($"{path}: {refused.Message.TrimEnd('.')}", refused);
            }
        }

        return this with
        {
            StateDirectory = StateDirectory ?? file.StateDir ?? DefaultStateDirectory,
            RunDirectory = RunDirectory ?? file.RunDir ?? DefaultRunDirectory,
            Mirrors = Mirrors.Count > 0 ? Mirrors : file.Mirrors,
        };
    }
}

/// <summary>The agent's configuration file.</summary>
internal sealed record AgentFile
{
    public string? StateDir { get; init; }

    public string? RunDir { get; init; }

    public IReadOnlyList<string> Mirrors { get; init; } = [];
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true)]
[JsonSerializable(typeof(AgentFile))]
internal sealed partial class AgentFileJson : JsonSerializerContext;
