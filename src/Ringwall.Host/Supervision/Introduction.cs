using Ringwall.Contract;
using Ringwall.Host.Sandboxes;

namespace Ringwall.Host.Supervision;

/// <summary>Decides whether a sensor's hello is what its manifest promised, and what it is granted.</summary>
internal static class Introduction
{
    /// <returns>Why it is refused, or null.</returns>
    public static string? Refusal(HelloMessage hello, SensorManifest manifest)
    {
        if (hello.Name != manifest.Name)
        {
            return $"its hello says that it is {hello.Name}, its {SensorManifest.FileName} that it is {manifest.Name}";
        }

        if (hello.EngineVersion != manifest.Version)
        {
            return $"its hello says version {hello.EngineVersion}, its {SensorManifest.FileName} {manifest.Version}";
        }

        if (hello.Vendor.Length > 0 && manifest.Vendor.Length > 0 && hello.Vendor != manifest.Vendor)
        {
            return $"its hello says that {hello.Vendor} makes it, its {SensorManifest.FileName} that {manifest.Vendor} does";
        }

        return manifest.Asks is { } named && (hello.Asks & ~named) != AskKinds.None
            ? $"its hello wants asks ({hello.Asks}) that its {SensorManifest.FileName} does not name ({named})"
            : null;
    }

    /// <param name="hello">What the sensor wants.</param>
    /// <param name="responses">What its manifest names and the operator granted.</param>
    /// <param name="context">What there is.</param>
    public static WelcomeMessage Welcome(HelloMessage hello, ResponseKinds responses, CrewContext context) => new()
    {
        ProtocolVersion = Math.Min(hello.ProtocolVersion, Protocol.Version),
        HostVersion = context.HostVersion,
        Asks = hello.Asks & context.Asks,
        Tells = hello.Tells & context.Tells,
        ExecDeadlineNanoseconds = (ulong)context.Policies.Execution.Deadline.TotalNanoseconds,
        OpenDeadlineNanoseconds = (ulong)context.Policies.Open.Deadline.TotalNanoseconds,
        Responses = responses,
    };
}
