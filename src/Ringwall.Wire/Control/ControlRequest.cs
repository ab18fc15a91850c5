namespace Ringwall.Wire.Control;

/// <summary>One line from a client to the host's control socket. Which fields a request uses stands in docs/cli.md, "The control socket".</summary>
public sealed record ControlRequest
{
    /// <summary>What to do: one of <see cref="ControlVerb"/>.</summary>
    public required string Do { get; init; }

    /// <summary>The sensor that is meant.</summary>
    public string? Name { get; init; }

    /// <summary>The file that is meant; for events, only those about paths that begin with it.</summary>
    public string? Path { get; init; }

    /// <summary>The generation that is meant.</summary>
    public long? Number { get; init; }

    /// <summary>Of events, only these kinds. Null means all.</summary>
    public IReadOnlyList<string>? Kinds { get; init; }

    /// <summary>Whether to go on sending what comes, until the client closes.</summary>
    public bool Follow { get; init; }

    /// <summary>Of events, those that the journal has from this moment on come first; without <see cref="Follow"/>, no others. Of an undo, only what was done then or later.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>How many of the latest findings to begin with.</summary>
    public int? Last { get; init; }

    /// <summary>Why, in the operator's words; recorded with an override.</summary>
    public string? Note { get; init; }

    /// <summary>Of an undo, only the one act of this number.</summary>
    public long? Id { get; init; }

    /// <summary>Of an undo: only say what would be done.</summary>
    public bool DryRun { get; init; }
}
