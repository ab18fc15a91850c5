using System.Runtime.CompilerServices;

namespace Ringwall.Host.Deliver.Tells;

/// <summary>What one packed message holds, so that exactly that can be taken once it was delivered.</summary>
internal struct Packed
{
    /// <summary>Where the reader stood.</summary>
    public long From;

    /// <summary>Where it stands afterwards.</summary>
    public long To;

    /// <summary>How many events of each source.</summary>
    public PerSource Events;

    /// <summary>How much loss of each kind the message tells beyond what the ring told.</summary>
    public PerLossKind Losses;

    [InlineArray(TellHub.Sources)]
    internal struct PerSource
    {
        private long _first;
    }

    [InlineArray(LossKind.Count)]
    internal struct PerLossKind
    {
        private ulong _first;
    }
}
