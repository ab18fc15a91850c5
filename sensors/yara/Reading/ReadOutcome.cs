namespace Ringwall.Sensors.Yara.Reading;

/// <summary>How reading a file ended.</summary>
internal enum ReadOutcome
{
    /// <summary>To its end.</summary>
    Whole,

    /// <summary>It is, or became, longer than the limit. Nothing of it is kept.</summary>
    TooLarge,

    /// <summary>The kernel refused; <see cref="FileContent.Errno"/> says why. Nothing of it is kept.</summary>
    Refused,
}
