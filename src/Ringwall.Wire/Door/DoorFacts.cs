using Ringwall.Wire.Fleet;

namespace Ringwall.Wire.Door;

/// <summary>What happened on the device since the facts that the agent has already, and how it is now.</summary>
/// <param name="Number">Say so the next time, when these are on the agent's disk: then the host forgets what happened up to here. Until then it tells it again.</param>
/// <param name="Report">Without sequence and awake minutes, which are the agent's to count.</param>
/// <param name="HasMore">There was more than one report may hold: ask again at once.</param>
/// <param name="Lost">What happened and was forgotten before anybody asked, because there was too much of it.</param>
public sealed record DoorFacts(long Number, DeviceReport Report, bool HasMore, long Lost);
