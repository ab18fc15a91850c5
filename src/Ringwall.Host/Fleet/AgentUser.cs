using System.Globalization;

namespace Ringwall.Host.Fleet;

/// <summary>The number of the user that the agent runs as.</summary>
internal static class AgentUser
{
    /// <summary>Looked up in the file alone: a name service may hang, and may be somebody else's. Null when there is no such user.</summary>
    /// <param name="user">A name, or a number.</param>
    /// <param name="file">/etc/passwd but for tests.</param>
    public static int? Find(string user, string file = "/etc/passwd")
    {
        if (int.TryParse(user, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            return number;
        }

        if (!File.Exists(file))
        {
            return null;
        }

        // passwd(5): name:password:UID:…
        foreach (string[] fields in File.ReadLines(file).Select(line => line.Split(':')))
        {
            if (fields.Length >= 3 && fields[0] == user && int.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out int found))
            {
                return found;
            }
        }

        return null;
    }
}
