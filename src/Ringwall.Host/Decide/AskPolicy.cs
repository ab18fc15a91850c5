using Ringwall.Contract;

namespace Ringwall.Host.Decide;

/// <summary>How long an ask of one class may take, and what counts when that is over.</summary>
public readonly record struct AskPolicy(TimeSpan Deadline, Fallback Fallback);

/// <summary>The operator's choice for each event class.</summary>
public sealed record AskPolicies(AskPolicy Execution, AskPolicy Open)
{
    public static readonly AskPolicies Default = new(
        new AskPolicy(TimeSpan.FromMilliseconds(250), Fallback.Open),
        new AskPolicy(TimeSpan.FromMilliseconds(100), Fallback.Open));

    public AskPolicy this[EventClass of] => of == EventClass.Exec ? Execution : Open;
}
