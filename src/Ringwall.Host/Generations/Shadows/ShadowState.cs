namespace Ringwall.Host.Generations.Shadows;

/// <summary>Where a shadow is in its life.</summary>
internal enum ShadowState
{
    /// <summary>Its sandbox is being made, or it has not introduced itself yet.</summary>
    Starting,

    /// <summary>Welcomed: it can be asked and told.</summary>
    AtWork,

    /// <summary>It has ended, by itself, by a strike or because it was told to.</summary>
    Ended,
}
