using Ringwall.Rollouts;

namespace Ringwall.Simulator;

/// <summary>
/// Update channels as Microsoft documents them for Defender (defender-docs, manage-gradual-rollout.md, 7 October 2024): Beta, then Preview, then Staged
/// (about 10 %), then 10 to 100 %, and Critical 48 hours after that. Engineers watch; the document names no rule that stops a release. The
/// hours between channels are ours: the document gives none but the 48.
/// </summary>
internal sealed class DefenderChannels(int peopleMinutes) : IStrategy
{
    private const int Preview = 24 * 60;
    private const int Staged = 48 * 60;
    private const int Broad = 72 * 60;
    private const int BroadEnds = 96 * 60;
    private const int Critical = BroadEnds + 48 * 60;

    private readonly PeopleWatch _people = new(peopleMinutes);

    public string Name => "Channels (Defender)";

    public bool StagesReturn => false;

    public void Step(FleetView view)
    {
        if (_people.Stops(view))
        {
            view.Halted = true;
            return;
        }

        for (int s = 0; s < view.Exposed.Length; s++)
        {
            double share = view.Counts.RingOf(s) switch
            {
                Ring.Canary => view.Minute < Preview ? 0.1 : 1,
                Ring.Early => view.Minute < Staged ? 0 : 1,
                Ring.Broad => Math.Clamp((view.Minute - Broad) / (double)(BroadEnds - Broad), 0, 1),
                _ => view.Minute < Critical ? 0 : 1,
            };
            view.Exposed[s] = Math.Max(view.Exposed[s], (int)Math.Round(share * view.Counts.Enrolled[s]));
        }
    }
}
