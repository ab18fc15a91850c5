using Ringwall.Agent.Talking;
using Ringwall.Wire.Door;

namespace Ringwall.Agent.Running;

/// <summary>The host's door, with whether anybody answers there shown in the journal.</summary>
internal sealed class WatchedHost(HostDoor door, AgentJournal journal)
{
    /// <exception cref="AgentException">No host answers; it is told already.</exception>
    public async Task<DoorReply> AskAsync(DoorRequest request, CancellationToken stop)
    {
        try
        {
            DoorReply reply = await door.AskAsync(request, stop).ConfigureAwait(false);
            journal.HostAnswers = true;
            journal.Clear("host");
            return reply;
        }
        catch (AgentException away)
        {
            journal.HostAnswers = false;
            journal.Trouble("host", away.Message);
            throw;
        }
    }
}
