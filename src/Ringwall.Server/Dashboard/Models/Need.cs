namespace Ringwall.Server.Dashboard.Models;

/// <summary>Something that needs a person now.</summary>
/// <param name="Title">What it is, in a few words.</param>
/// <param name="Says">What to decide, and why.</param>
/// <param name="Link">Where to do it.</param>
/// <param name="Does">What the link is called.</param>
/// <param name="Tone">How bad it is.</param>
public sealed record Need(string Title, string Says, string Link, string Does, Tone Tone);
