using Ringwall.Contract;

namespace Ringwall.Host.Responses;

/// <summary>How responses are called in manifests, configurations, journals and on screens.</summary>
internal static class ResponseWords
{
    /// <summary>In the order of the protocol.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Enum.GetValues<ResponseKind>().Where(kind => kind != ResponseKind.None).Select(kind => kind.Word())];

    /// <summary>As "quarantine".</summary>
    public static string Word(this ResponseKind kind) => kind.ToString().ToLowerInvariant();

    /// <summary>The kind as a set of one.</summary>
    public static ResponseKinds AsSet(this ResponseKind kind) => kind == ResponseKind.None ? ResponseKinds.None : (ResponseKinds)(1u << ((int)kind - 1));

    /// <summary>As ["kill", "block"].</summary>
    public static IReadOnlyList<string> Words(this ResponseKinds kinds) => [.. All.Where(word => (kinds & Read([word])) != ResponseKinds.None)];

    /// <param name="words">Out of <see cref="All"/>; others mean nothing.</param>
    public static ResponseKinds Read(IEnumerable<string> words) =>
        words.Aggregate(ResponseKinds.None, (kinds, word) => kinds | (Enum.TryParse(word, ignoreCase: true, out ResponseKind kind) ? kind.AsSet() : ResponseKinds.None));
}
