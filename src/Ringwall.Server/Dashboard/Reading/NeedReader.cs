using Ringwall.Server.Dashboard.Models;
using Ringwall.Server.Dashboard.Parts;
using Ringwall.Server.Health;
using Ringwall.Server.Releases;
using Ringwall.Server.Rollouts;
using Ringwall.Wire.Api;

namespace Ringwall.Server.Dashboard.Reading;

/// <summary>Finds what needs a person now, the worst first.</summary>
internal sealed class NeedReader(RolloutPages rollouts, VendorDesk vendors, DeviceWatch devices, TimeProvider clock)
{
    private const int MostDark = 100;

    public async Task<IReadOnlyList<Need>> ReadAsync(Access.Person person, CancellationToken stop)
    {
        DateTimeOffset now = clock.GetUtcNow();
        List<Need> needs = [.. (await rollouts.ListAsync(person, stop).ConfigureAwait(false)).Select(line => Of(line, now)).OfType<Need>()];
        int dark = devices.Dark(MostDark).Count;
        if (dark > 0)
        {
            string many = dark == MostDark ? $"{MostDark} or more devices are dark" : $"{Words.Count(dark, "device is", "devices are")} dark";
            needs.Add(new Need(many, "They stopped reporting and did not say why. Look whether they have anything in common.", "/devices?state=dark", "Look at them", Tone.Warn));
        }

        needs.AddRange((await vendors.ListAsync(stop).ConfigureAwait(false)).Where(vendor => !vendor.SignedIn).Select(vendor => new Need(
            $"{vendor.Name} waits to be signed in", "Its keys are registered. It can publish when the operator's offline keys have signed for them.", "/vendors", "See how", Tone.Running)));
        return [.. needs.OrderByDescending(need => need.Tone)];
    }

    private static Need? Of(RolloutLine line, DateTimeOffset now)
    {
        string release = Words.Release(line.Release);
        string link = $"/rollouts/{line.Id}";
        return line.State switch
        {
            RolloutStates.Halted when now - (line.DecidedAt ?? line.StartedAt) < TimeSpan.FromDays(1) => new Need(
                $"{release} was halted", $"{Words.Count(line.Harmed, "device was", "devices were")} harmed. Devices that took it return to what they had. Look at what harmed them.", link, "See why", Tone.Bad),
            RolloutStates.Waiting => new Need(
                $"{release} waits for {(line.Approvals == 0 ? "approval" : "a second approval")}",
                line.Urgent ? "It is urgent: two people must vouch for it." : "Somebody must vouch for it before the first canary may install it.", link, "Decide", Tone.Warn),
            RolloutStates.Paused => new Need($"{release} is paused", "Nobody more is let in until somebody resumes it.", link, "Decide", Tone.Warn),
            RolloutStates.Running when RolloutWords.Is(line, "INCONCLUSIVE") => new Need(
                $"{release} needs a decision", "The evidence is inconclusive, and waiting will not tell more.", link, "Decide", Tone.Bad),
            RolloutStates.Running when RolloutWords.Is(line, "PAUSE") => new Need(
                $"{release} rests", "Devices without it got worse, too: something else is wrong.", link, "See what", Tone.Warn),
            _ => null,
        };
    }
}
