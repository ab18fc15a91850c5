using Ringwall.Trust;
using Ringwall.Wire.Fleet;

namespace Ringwall.Server.Enrolment;

/// <summary>Where a device's trust begins. The module that keeps the signed files has it.</summary>
public interface IRootFiles
{
    /// <summary>The first root file of both repositories; null as long as the operator has not made them.</summary>
    public Task<TrustedRoots?> FirstRootsAsync(CancellationToken stop);

    /// <summary>Signs where a device was moved to; null where the keys that may are not at hand: then it stays where it is until it enrols anew.</summary>
    public Task<byte[]?> SignPlaceAsync(PlaceOrder place, CancellationToken stop) => Task.FromResult<byte[]?>(null);
}
