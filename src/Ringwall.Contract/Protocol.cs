namespace Ringwall.Contract;

/// <summary>The numbers of the sensor protocol (docs/protocol.md). Sizes are in bytes.</summary>
public static class Protocol
{
    /// <summary>The protocol version that this library speaks.</summary>
    public const ushort Version = 1;

    /// <summary>The environment variable that holds the decimal number of the sensor's end of the socket.</summary>
    public const string SocketVariable = "RINGWALL_SOCKET";

    /// <summary>The descriptor at which a host places the sensor's end of the socket.</summary>
    public const int SocketDescriptor = 3;

    /// <summary>One message, head included, is at most this long.</summary>
    public const int MaxMessageBytes = 131_072;

    /// <summary>kind u16, zero u16, length u32.</summary>
    public const int HeadBytes = 8;

    /// <summary>id u16, zero u16, length u32.</summary>
    public const int FieldHeadBytes = 8;

    /// <summary>One encoded event: what is left of a message that holds it alone.</summary>
    public const int MaxEventBytes = MaxMessageBytes - HeadBytes - FieldHeadBytes;

    /// <summary>A path: the kernel's PATH_MAX (limits.h).</summary>
    public const int MaxPathBytes = 4096;

    /// <summary>A sensor's name: 1 to 64 of a-z, 0-9, '-', '_' and '.'.</summary>
    public const int MaxNameBytes = 64;

    /// <summary>Vendor, engine version, content version and host version.</summary>
    public const int MaxLabelBytes = 128;

    /// <summary>The reason of a verdict.</summary>
    public const int MaxReasonBytes = 1024;

    /// <summary>A finding's rule id.</summary>
    public const int MaxRuleIdBytes = 128;

    /// <summary>A finding's title.</summary>
    public const int MaxTitleBytes = 256;

    /// <summary>A finding's description.</summary>
    public const int MaxDescriptionBytes = 4096;

    /// <summary>How many tags a finding may carry.</summary>
    public const int MaxTags = 32;

    /// <summary>One tag of a finding.</summary>
    public const int MaxTagBytes = 128;

    /// <summary>The note in a health answer.</summary>
    public const int MaxNoteBytes = 256;

    /// <summary>Why a request was refused, or failed: one word.</summary>
    public const int MaxOutcomeReasonBytes = 64;

    /// <summary>All arguments of one process together, field heads included; what is beyond is cut and said to be.</summary>
    public const int MaxArgumentsBytes = 32_768;

    /// <summary>How many ancestors of a process are told, nearest first.</summary>
    public const int MaxAncestors = 16;
}
