namespace Ringwall.Server.Running;

/// <summary>Thrown by an endpoint, or by what it calls, to answer with a problem. Nothing was changed.</summary>
/// <param name="type">What kind of refusal it is.</param>
/// <param name="detail">What this one is about, for a person.</param>
/// <param name="more">Members that a client may need besides, such as serverTime.</param>
public sealed class RequestRefused(ProblemType type, string detail, IReadOnlyDictionary<string, object?>? more = null) : Exception(detail)
{
    public ProblemType Type { get; } = type;

    public IReadOnlyDictionary<string, object?> More { get; } = more ?? new Dictionary<string, object?>();
}
