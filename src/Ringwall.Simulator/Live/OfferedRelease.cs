using Ringwall.Trust;

namespace Ringwall.Simulator;

/// <summary>A release that both repositories speak of, verified, and its package once somebody needed it.</summary>
internal sealed record OfferedRelease(AgreedRelease Agreed, string PackagePath)
{
    public string Path => Agreed.Path.Text;
}
