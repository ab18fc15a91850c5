namespace Ringwall.Rollouts;

/// <summary>An ordered part of the fleet. A release passes them in this order.</summary>
public enum Ring
{
    Canary = 0,
    Early = 1,
    Broad = 2,
    Critical = 3,
}
