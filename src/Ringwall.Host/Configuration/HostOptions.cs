using System.Globalization;
using System.Text;
using Ringwall.Host.Control;
using Ringwall.Wire.Control;

namespace Ringwall.Host.Configuration;

/// <summary>The arguments of ringwalld. What stands here goes before what stands in the file.</summary>
internal sealed record HostOptions
{
    public const string Usage =
        """
        usage: ringwalld [--config FILE] [--run-dir DIR] [--state-dir DIR] [--guard PATH]... [--tell-only]
               ringwalld --check [--config FILE]
               ringwalld --doctor [--json]

        The host: asks sensors about executions and opens, tells them of events, answers the kernel.
        It is started by ringwall-keeper, which holds the kernel's permission group for it.

          --config FILE     read the configuration from FILE (docs/configuration.md); without it, the defaults
          --run-dir DIR     sockets and lock (/run/ringwall)
          --state-dir DIR   findings and overrides (/var/lib/ringwall)
          --guard PATH      ask on every open below PATH, too
          --tell-only       ask nothing
          --check           read the configuration, say what is wrong with it, and end
          --doctor          say what this kernel gives and what is used instead, and end
          --json            say it as JSON
          --help, --version

        Exit codes: 0 ended as told, 1 failed, 2 bad arguments or configuration, 3 a right is missing,
        4 the kernel lacks a feature, 5 another host runs.
        """;

    public HostMode Mode { get; init; } = HostMode.Run;

    public bool Json { get; init; }

    public string? ConfigurationPath { get; init; }

    public string? RunDirectory { get; init; }

    public string? StateDirectory { get; init; }

    public IReadOnlyList<string> Guard { get; init; } = [];

    public bool TellOnly { get; init; }

    /// <returns>Null when the arguments cannot be used; <paramref name="reason"/> says why.</returns>
    public static HostOptions? Parse(IReadOnlyList<string> arguments, out string reason)
    {
        HostOptions read = new();
        for (int i = 0; i < arguments.Count; i++)
        {
            string? value = i + 1 < arguments.Count ? arguments[i + 1] : null;
            HostOptions? next = arguments[i] switch
            {
                "--help" or "-h" => read with { Mode = HostMode.Help },
                "--version" => read with { Mode = HostMode.Version },
                "--doctor" => read with { Mode = HostMode.Doctor },
                "--check" => read with { Mode = HostMode.Check },
                "--json" => read with { Json = true },
                "--tell-only" => read with { TellOnly = true },
                "--config" when value is not null => read with { ConfigurationPath = value },
                "--run-dir" when value is not null => read with { RunDirectory = Path.GetFullPath(value) },
                "--state-dir" when value is not null => read with { StateDirectory = Path.GetFullPath(value) },
                "--guard" when value is not null => read with { Guard = [.. read.Guard, Path.TrimEndingDirectorySeparator(Path.GetFullPath(value))] },
                _ => null,
            };
            if (next is null)
            {
                reason = string.Create(CultureInfo.InvariantCulture, $"'{arguments[i]}' is not understood, or its value is missing; ringwalld --help lists the options");
                return null;
            }

            i += arguments[i] is "--config" or "--run-dir" or "--state-dir" or "--guard" ? 1 : 0;
            read = next;
        }

        reason = "";
        return read;
    }

    /// <summary>The configuration that these options ask for.</summary>
    public ConfigurationResult Configure()
    {
        ConfigurationResult result = ConfigurationPath is null ? new ConfigurationResult(new HostConfiguration(), []) : ConfigurationFile.Read(ConfigurationPath);
        if (result.Configuration is not { } file)
        {
            return result;
        }

        HostConfiguration all = file with
        {
            RunDirectory = RunDirectory ?? file.RunDirectory,
            StateDirectory = StateDirectory ?? file.StateDirectory,
            Guard = [.. file.Guard.Concat(Guard).Distinct()],
            TellOnly = TellOnly || file.TellOnly,
        };
        string socket = Path.Combine(all.RunDirectory, ControlLimits.SocketName);
        return Encoding.UTF8.GetByteCount(socket) <= ControlSocket.LongestPath
            ? new ConfigurationResult(all, result.Problems)
            : new ConfigurationResult(null, [.. result.Problems, new ConfigurationProblem(socket, $"a socket's path has at most {ControlSocket.LongestPath} bytes", "choose a shorter run directory")]);
    }
}
