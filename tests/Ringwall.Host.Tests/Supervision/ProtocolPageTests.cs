using System.Globalization;
using Ringwall.Host.Configuration;
using Ringwall.Host.Supervision;

namespace Ringwall.Host.Tests.Supervision;

/// <summary>docs/protocol.md promises vendors numbers; they are the defaults that the host runs with.</summary>
public sealed class ProtocolPageTests
{
    private static readonly HealthLimits Health = new();
    private static readonly RestartPolicy Restarts = new();
    private static readonly string Page = string.Join(
        ' ', File.ReadAllText(Path.Combine(Repository.Root, "docs", "protocol.md")).Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries));

    public static TheoryData<string> Promises =>
    [
        Words($"gives a sensor {Health.HelloWithin.TotalSeconds} seconds from its start"),
        Words($"asks {Health.AskEvery.TotalSeconds} seconds after the last answer"),
        Words($"leaves a question unanswered for {Health.AnswerWithin.TotalSeconds} seconds for hung"),
        Words($"leaves a HealthAsk unanswered for {Health.AnswerWithin.TotalSeconds} seconds |"),
        Words($"{Restarts.StrikesAllowed} *strikes* within {Restarts.Window.TotalMinutes} minutes end in quarantine"),
        Words($"looked at over {Health.Window.TotalSeconds} seconds"),
        Words($"yes; more than {Health.MalformedMost:N0} end the sensor |"),
        Words($"twice, invented | drops it | yes, when they are more than {Health.NotExpectedMost:N0}, which end the sensor |"),
        Words($"drops and counts them | yes, when they are more than {Health.DroppedMost:N0}, which end the sensor |"),
        Words($"yes, when they are {Health.MissedLeast:N0} and {Health.MissedShare:P0} of its asks, or {Health.MissedFew:N0} and {Health.MissedNearlyAll:P0} |"),
        Words($"yes, when they are {Health.LostLeast:N0} and {Health.LostShare:P0} of what there was to tell |"),
        Words($"yes, when they are more than {new SensorLimits().FindingsPerMinute:N0} in a minute |"),
        Words($"By default it holds {new SensorLimits().ScratchMb} MiB and {new SensorLimits().ScratchMb * 64:N0} files"),
        Words($"yes, when more than {Health.OutputMost:N0} bytes were read |"),
        Words($"uses {Health.CpuShare:P0} of the processor time that it may | | yes, for each {Health.CpuWindow.TotalSeconds} seconds |"),
    ];

    [Theory]
    [MemberData(nameof(Promises))]
    public void The_page_says_what_the_host_does(string promise) => Assert.Contains(promise, Page, StringComparison.Ordinal);

    private static string Words(FormattableString promise) => promise.ToString(CultureInfo.InvariantCulture);
}
