namespace Ringwall.Sensors.Yara.Engine;

/// <summary>How a scan ended.</summary>
internal enum ScanOutcome
{
    /// <summary>Every rule was evaluated and none matched.</summary>
    Clean,

    /// <summary>Every rule was evaluated and some matched.</summary>
    Matched,

    /// <summary>The time was over first. Nothing is known.</summary>
    Unfinished,

    /// <summary>libyara gave up. Nothing is known.</summary>
    Failed,
}
