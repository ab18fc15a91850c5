using System.Globalization;

namespace Ringwall.Host.Control;

/// <summary>The group whose members may control the host besides root.</summary>
internal static class OperatorGroup
{
    public const string Name = "ringwall";

    /// <summary>Its number, or null when there is no such group. Looked up in the file alone: a name service may hang, and may be somebody else's.</summary>
    public static int? Find(string groupFile = "/etc/group")
    {
        if (!File.Exists(groupFile))
        {
            return null;
        }

        // group(5): name:password:GID:members
        foreach (string line in File.ReadLines(groupFile))
        {
            string[] fields = line.Split(':');
            if (fields.Length >= 3 && fields[0] == Name && int.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            {
                return number;
            }
        }

        return null;
    }
}
