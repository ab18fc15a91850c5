namespace Ringwall.Wire.Status;

/// <summary>Whether sensors' denials of a file are recorded instead of applied.</summary>
public sealed record ProtectionLine
{
    public required string Path { get; init; }

    public required bool Protected { get; init; }

    /// <summary>
    /// What the file is to the machine: "kernel", "init", "loader", "library", "shell", "package-manager", "login", "recovery", "ringwall", "operator" or "package". Null when it
    /// is not protected.
    /// </summary>
    public string? Kind { get; init; }

    /// <summary>Why it is, or why not, in a sentence without its end.</summary>
    public required string Because { get; init; }
}
