using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Ringwall.Cli.Server;
using Ringwall.Cli.Views;
using Ringwall.Wire;
using Ringwall.Wire.Api;

namespace Ringwall.Cli.Commands;

/// <summary>Releases and rollouts, as the server has them.</summary>
internal static class OperatorRolloutCommands
{
    public static Command Releases(Terminal terminal)
    {
        Command command = new("releases", "What vendors have published, newest first");
        command.SetAction((parsed, _) => ReleasesAsync(parsed, terminal));
        return command;
    }

    public static Command Rollouts(Terminal terminal)
    {
        Argument<string?> id = new("ID") { Description = "One of them, whole: why it stands where it stands; all without", Arity = ArgumentArity.ZeroOrOne };
        Command command = new("rollouts", "How far releases are let out, and what they did") { id };
        command.SetAction((parsed, _) => parsed.GetValue(id) is { } one ? OneAsync(parsed, terminal, one) : ListAsync(parsed, terminal));
        return command;
    }

    public static Command Rollout(Terminal terminal) => new("rollout", "Let a release out, and steer it")
    {
        Start(terminal),
        Steer(terminal, "pause", "Let nobody more in, and let whoever was let in not install, until it is resumed"),
        Steer(terminal, "resume", "Go on after a pause"),
        Steer(terminal, "halt", "End it for good: the release is withdrawn, and devices return to what they had"),
        Steer(terminal, "approve", "Say yes to it; an urgent one needs two people"),
    };

    public static async Task<int> ReleasesAsync(ParseResult parsed, Terminal terminal)
    {
        using ServerConnection server = parsed.Connect();
        IReadOnlyList<ReleaseLine> releases = await server.GetAsync("api/v1/releases", ApiJson.Default.IReadOnlyListReleaseLine, terminal.Stop).ConfigureAwait(false);
        if (parsed.WantsJson())
        {
            WriteLines(terminal, releases, ApiJson.Lines.ReleaseLine);
            return ExitCode.Done;
        }

        Sheet sheet = new(words: 5, "RELEASE", "VERSION", "PUBLISHED", "BY", "ROLLOUT", "BYTES");
        foreach (ReleaseLine release in releases)
        {
            sheet.Row(
                release.Path,
                release.Version,
                Time(release.PublishedAt),
                release.PublishedBy,
                release.RolloutState is { } state ? $"{state} {release.Rollout}" : release.WayBackFrom is null ? "" : "a way back",
                Numbers.Short(release.Bytes));
        }

        sheet.Write(terminal.Console);
        return ExitCode.Done;
    }

    private static async Task<int> ListAsync(ParseResult parsed, Terminal terminal)
    {
        using ServerConnection server = parsed.Connect();
        IReadOnlyList<RolloutLine> rollouts = await server.GetAsync("api/v1/rollouts", ApiJson.Default.IReadOnlyListRolloutLine, terminal.Stop).ConfigureAwait(false);
        if (parsed.WantsJson())
        {
            WriteLines(terminal, rollouts, ApiJson.Lines.RolloutLine);
            return ExitCode.Done;
        }

        Sheet sheet = new(words: 4, "ID", "RELEASE", "STATE", "STARTED", "EXPOSED", "OF", "HARMED", "BUDGET");
        foreach (RolloutLine rollout in rollouts)
        {
            sheet.Row(
                rollout.Id,
                rollout.Release,
                new Sheet.Cell(rollout.Urgent ? $"{rollout.State}, urgent" : rollout.State, rollout.State == RolloutStates.Halted ? Palette.Warning : null),
                Time(rollout.StartedAt),
                Numbers.Short(rollout.Exposed),
                Numbers.Short(rollout.Enrolled),
                Sheet.Cell.Alarm(rollout.Harmed),
                string.Create(CultureInfo.InvariantCulture, $"{rollout.Spent:0.#}/{rollout.Budget}"));
        }

        sheet.Write(terminal.Console);
        return ExitCode.Done;
    }

    private static async Task<int> OneAsync(ParseResult parsed, Terminal terminal, string id)
    {
        using ServerConnection server = parsed.Connect();
        RolloutReply rollout = await server.GetAsync($"api/v1/rollouts/{Uri.EscapeDataString(id)}", ApiJson.Default.RolloutReply, terminal.Stop).ConfigureAwait(false);
        Write(parsed, terminal, rollout);
        return ExitCode.Done;
    }

    private static void Write(ParseResult parsed, Terminal terminal, RolloutReply rollout)
    {
        if (parsed.WantsJson())
        {
            terminal.Out.WriteLine(JsonSerializer.Serialize(rollout, ApiJson.Lines.RolloutReply));
            return;
        }

        RolloutLine line = rollout.Line;
        terminal.Out.WriteLine($"{line.Id}: {line.Release} ({line.Version}), {line.State}{(line.Urgent ? ", urgent" : "")}, started {Time(line.StartedAt)} by {line.StartedBy}");
        if (line.Approvals < line.ApprovalsNeeded || rollout.Approvals.Count > 0)
        {
            string who = rollout.Approvals.Count == 0 ? "" : $": {string.Join(", ", rollout.Approvals.Select(approval => approval.By))}";
            terminal.Out.WriteLine($"{line.Approvals} of {line.ApprovalsNeeded} approvals{who}");
        }

        terminal.Out.WriteLine(rollout.Words.TrimEnd());
        Sheet sheet = new(words: 2, "RING", "CELL", "DEVICES", "EXPOSED", "INSTALLED", "WELL", "HARMED");
        foreach (StratumLine stratum in rollout.Strata.Where(stratum => stratum.Enrolled > 0))
        {
            sheet.Row(
                stratum.Ring, stratum.Cell, Numbers.Short(stratum.Enrolled), Numbers.Short(stratum.Exposed), Numbers.Short(stratum.Installed), Numbers.Short(stratum.Matured),
                Sheet.Cell.Alarm(stratum.Harmed));
        }

        sheet.Write(terminal.Console);
        if (rollout.Possible.Count > 0)
        {
            terminal.Out.WriteLine($"possible: {string.Join(", ", rollout.Possible)}");
        }
    }

    private static Command Start(Terminal terminal)
    {
        Argument<string> release = new("RELEASE") { Description = "Its path, as `ringwall operator releases` lists it" };
        Option<bool> urgent = new("--urgent") { Description = "Soak shorter; two people must approve. No ring is skipped" };
        Command command = new("start", "Let a release out, ring by ring, as far as the rules allow") { release, urgent };
        command.SetAction(async (parsed, _) =>
        {
            using ServerConnection server = parsed.Connect();
            RolloutReply rollout = await server.PostAsync(
                "api/v1/rollouts", new RolloutOrder(parsed.GetRequiredValue(release), parsed.GetValue(urgent)), ApiJson.Default.RolloutOrder, ApiJson.Default.RolloutReply, terminal.Stop).ConfigureAwait(false);
            Write(parsed, terminal, rollout);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Steer(Terminal terminal, string what, string help)
    {
        Argument<string> id = new("ID") { Description = "As `ringwall operator rollouts` lists it" };
        Option<string> why = new("--why") { Description = "In your words; kept in the audit", HelpName = "TEXT", DefaultValueFactory = _ => "" };
        Command command = new(what, help) { id, why };
        command.SetAction(async (parsed, _) =>
        {
            using ServerConnection server = parsed.Connect();
            RolloutReply rollout = await server.PostAsync(
                $"api/v1/rollouts/{Uri.EscapeDataString(parsed.GetRequiredValue(id))}/{what}", new SteerOrder(parsed.GetValue(why)!), ApiJson.Default.SteerOrder, ApiJson.Default.RolloutReply, terminal.Stop).ConfigureAwait(false);
            Write(parsed, terminal, rollout);
            return ExitCode.Done;
        });
        return command;
    }

    private static void WriteLines<T>(Terminal terminal, IReadOnlyList<T> lines, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        foreach (T line in lines)
        {
            terminal.Out.WriteLine(JsonSerializer.Serialize(line, type));
        }
    }

    private static string Time(DateTimeOffset at) => at.ToUniversalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
