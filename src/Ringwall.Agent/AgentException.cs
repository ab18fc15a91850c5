namespace Ringwall.Agent;

/// <summary>Something that the agent needs is not to be had now: a server, a file, the host. What it was doing is left as it was, and tried again later.</summary>
internal sealed class AgentException(string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>For how long there is no use in trying again; zero when nobody said.</summary>
    public TimeSpan RetryAfter { get; init; }
}
