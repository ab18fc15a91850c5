using Ringwall.Contract;
using Ringwall.Host.Configuration;
using Ringwall.Host.Decide.Guardrails;
using Ringwall.Host.Findings;
using Ringwall.Host.Generations.Succession;
using Ringwall.Host.Supervision;

namespace Ringwall.Host.Running;

/// <summary>What a running host does when a generation has spent its deny budget. That its denials are advice is already so.</summary>
internal static class Spending
{
    public static BudgetTripped Answer(SensorCrew crew, FindingLog findings, HostConfiguration configuration, Action<string> say) => (sensor, generation, why) =>
    {
        // First what protects, then what tells.
        if (configuration.Has(Guard.Fallback))
        {
            crew.Of(sensor)?.FallBack(generation, FallbackCause.Failure, why);
        }

        say($"sensor {sensor}: the denials of generation {generation} are advice from now on, because {why}; `ringwall sensors restart {sensor}` lets them count again");
        findings.ReportOfHost(new FindingSource(sensor, "", "", "", (int)generation), new FindingMessage
        {
            RuleId = "ringwall.budgets.denials",
            Title = $"{sensor} has spent its deny budget",
            Description = $"Generation {generation}: {why}. Its denials are recorded and not applied until it is restarted by an operator, or another generation is in service.",
            Severity = Severity.High,
        });
    };
}
