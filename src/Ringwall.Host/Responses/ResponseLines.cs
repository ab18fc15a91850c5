using Ringwall.Host.Control;
using Ringwall.Wire.Status;

namespace Ringwall.Host.Responses;

/// <summary>Acts in the words of the control socket.</summary>
internal sealed class ResponseLines(ResponseDesk desk) : IResponses
{
    public IReadOnlyList<ResponseLine> List() => [.. desk.Acts.Select(act => Line(act))];

    public IReadOnlyList<ResponseLine> Undo(string? sensor, long? generation, DateTimeOffset? since, long? id, bool dryRun) =>
        [.. desk.Undo(new UndoOrder { Sensor = sensor, Generation = generation, Since = since, Id = id, DryRun = dryRun })
            .Select(undone => Line(undone.Act) with { Result = undone.Result.ToString().ToLowerInvariant(), Note = undone.Note.Length > 0 ? undone.Note : null })];

    private static ResponseLine Line(Act act) => new()
    {
        Id = act.Id,
        Kind = act.Kind.Word(),
        Sensor = act.Sensor,
        Generation = act.Generation,
        At = act.At,
        About = act.About,
        Reason = act.Reason.Length > 0 ? act.Reason : null,
        State = act.State.ToString().ToLowerInvariant(),
        Note = act.Note.Length > 0 ? act.Note : null,
        Bytes = act.File?.Size ?? act.Block?.Size,
        Digest = act.File?.Digest ?? act.Block?.Digest,
    };
}
