namespace Ringwall.Cli.Views;

/// <summary>Something that a command did.</summary>
/// <param name="File">The file, or the thing, that it did it to.</param>
/// <param name="Said">What it did.</param>
internal sealed record DoneLine(string File, string Said)
{
    public override string ToString() => $"{File}: {Said}";
}
