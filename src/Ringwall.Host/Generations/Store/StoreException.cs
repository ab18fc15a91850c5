namespace Ringwall.Host.Generations.Store;

/// <summary>The store refused an order.</summary>
/// <param name="fault">Why, for programs.</param>
/// <param name="thing">What it is about.</param>
/// <param name="reason">What is wrong with it.</param>
/// <param name="remedy">What to do.</param>
internal sealed class StoreException(StoreFault fault, string thing, string reason, string remedy) : Exception($"{thing}: {reason}; {remedy}")
{
    public StoreFault Fault { get; } = fault;

    public string Thing { get; } = thing;

    public string Reason { get; } = reason;

    public string Remedy { get; } = remedy;
}
