namespace Ringwall.Host.Review;

/// <summary>Looks at asks after they were answered.</summary>
internal interface IReviewer
{
    /// <summary>For which asks <see cref="ReviewedAsk.Descriptor"/> is looked at.</summary>
    public DescriptorWish Wish => DescriptorWish.None;

    /// <summary>Called by the review thread, one ask after another. Whoever takes long makes the ring fill up, which loses asks for all reviewers.</summary>
    public void Review(in ReviewedAsk ask);
}
