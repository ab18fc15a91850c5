namespace Ringwall.Server.Health;

/// <summary>What a device's last report was, in the log and in its row.</summary>
[Flags]
internal enum DeviceFlags : byte
{
    None = 0,

    /// <summary>It said that it would be silent.</summary>
    Goodbye = 1,

    /// <summary>Its clock made no sense: set aside.</summary>
    Senseless = 2,

    /// <summary>It was the first one, or the first after a silence. In the log only.</summary>
    Began = 4,
}
