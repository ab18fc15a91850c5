using System.Security.Cryptography;
using System.Text;
using Ringwall.Wire.Probation;

namespace Ringwall.Wire.Fleet;

/// <summary>The name of a machine's cell, as device, server and signed orders spell it: "debian 12 · 6.1 · x64 · sigma,yara".</summary>
public static class CellName
{
    private const string Between = " · ";
    private const int LongestPart = 48;
    private const int LongestSensors = 96;

    /// <summary>
    /// Distribution, kernel series, architecture and the names of the sensors in order. Versions of sensors are not in it: they change with each release, and a release may not move a device to
    /// another cell. At most <see cref="DeviceLimits.CellCharacters"/>; longer lists of sensors end in a digest.
    /// </summary>
    public static string Of(MachineCell cell)
    {
        string sensors = string.Join(',', cell.Sensors.Select(sensor => Plain(sensor.Name)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        if (sensors.Length > LongestSensors)
        {
            string digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sensors)))[..16];
            sensors = $"{sensors[..(LongestSensors - digest.Length - 1)]}~{digest}";
        }

        return string.Join(Between, Part(cell.Distribution), Part(Series(cell.Kernel)), Part(cell.Architecture), sensors.Length == 0 ? "no sensors" : sensors);
    }

    /// <summary>"6.1.0-28-amd64" is of the series "6.1": a security update of the kernel is no other cell.</summary>
    private static string Series(string kernel)
    {
        string[] parts = kernel.Split('.', '-', '+');
        return parts.Length >= 2 && parts[0].All(char.IsAsciiDigit) && parts[1].All(char.IsAsciiDigit) ? $"{parts[0]}.{parts[1]}" : kernel;
    }

    private static string Part(string text)
    {
        string plain = Plain(text);
        return plain.Length == 0 ? "unknown" : plain[..Math.Min(plain.Length, LongestPart)];
    }

    private static string Plain(string text) => string.Concat(text.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or ' ' ? c : '?')).Trim();
}
