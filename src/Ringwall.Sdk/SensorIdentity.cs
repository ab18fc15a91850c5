namespace Ringwall.Sdk;

/// <summary>Who a sensor is.</summary>
/// <param name="Name">As in the sensor's manifest: 1 to 64 of a-z, 0-9, '-', '_' and '.'.</param>
/// <param name="Vendor">Who makes it; at most 128 bytes of UTF-8.</param>
/// <param name="EngineVersion">The program's version; 1 to 128 bytes of UTF-8.</param>
/// <param name="ContentVersion">The version of the loaded rules, signatures or models; at most 128 bytes of UTF-8, empty without content.</param>
public sealed record SensorIdentity(string Name, string Vendor, string EngineVersion, string ContentVersion = "");
