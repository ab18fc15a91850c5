namespace Ringwall.Simulator;

/// <summary>One bad security update of the past.</summary>
/// <param name="Number">Its number in the list of incidents.</param>
/// <param name="What">When, who, what.</param>
/// <param name="Devices">Machines that ran the product, as far as a source says, else an assumption.</param>
/// <param name="IsAssumed">The size is an assumption.</param>
/// <param name="PeopleMinutes">From release to withdrawal, as far as a source says, else 240.</param>
/// <param name="Fault">How it looked from outside.</param>
internal sealed record Incident(int Number, string What, int Devices, bool IsAssumed, int PeopleMinutes, Fault Fault);
