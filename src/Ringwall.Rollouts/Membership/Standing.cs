namespace Ringwall.Rollouts;

/// <summary>
/// Where a device stands in one release. The device works it out when it first sees the release and keeps it until the release is over: who is moved to
/// another ring, whose system is upgraded or whose site grows meanwhile stays where it was, so that once in is in.
/// </summary>
/// <param name="Stratum">Ring and cell, as they were when the release started, or when the device joined.</param>
/// <param name="Position">Its place in the order of that stratum.</param>
public readonly record struct Standing(int Stratum, double Position)
{
    /// <param name="stratum">Ring and cell.</param>
    /// <param name="position">From <see cref="Membership"/>.</param>
    /// <param name="enrolledMinute">When the device joined the fleet. One that slept through the start is no late joiner.</param>
    /// <param name="startedMinute">When the release started.</param>
    /// <param name="exposureAtEnrolment">The stratum's exposure when the device joined; it matters for late joiners only.</param>
    public static Standing Of(int stratum, double position, long enrolledMinute, long startedMinute, double exposureAtEnrolment) =>
        new(stratum, enrolledMinute > startedMinute ? Membership.LateJoiner(position, exposureAtEnrolment) : position);

    public bool IsExposed(ReadOnlySpan<double> exposure) => Membership.IsExposed(Position, exposure[Stratum]);
}
