namespace Ringwall.Host.Review;

/// <summary>Which asks' files a reviewer wants open. A file that is open a moment longer keeps its filesystem from being unmounted in that moment, so no more than needed.</summary>
internal enum DescriptorWish
{
    None = 0,

    /// <summary>Of those that a sensor denied.</summary>
    Denied,

    All,
}
