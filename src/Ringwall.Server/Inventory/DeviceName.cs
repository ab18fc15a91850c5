using Ringwall.Rollouts;

namespace Ringwall.Server.Inventory;

/// <summary>A device in somebody else's list.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Id">Its id.</param>
/// <param name="Name">As its owner calls it.</param>
/// <param name="Ring">Where it stands.</param>
/// <param name="Cell">What kind of machine it is.</param>
/// <param name="IsRetired">It was taken out of the fleet.</param>
public sealed record DeviceName(long Number, string Id, string Name, Ring Ring, string Cell, bool IsRetired);
