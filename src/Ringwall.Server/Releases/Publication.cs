namespace Ringwall.Server.Releases;

/// <summary>What one publication laid out.</summary>
/// <param name="Repository">In which repository.</param>
/// <param name="Number">Its number there.</param>
/// <param name="Files">Names of the files, in the order in which they were laid out.</param>
/// <param name="Before">What a role had before that got one new file, if it had any.</param>
public sealed record Publication(string Repository, long Number, IReadOnlyList<string> Files, byte[]? Before = null);
