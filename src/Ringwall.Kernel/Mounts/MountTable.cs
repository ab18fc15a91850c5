using System.Buffers.Text;
using System.Text;

namespace Ringwall.Kernel.Mounts;

/// <summary>The mounts that this process sees, as they were at one moment.</summary>
public sealed class MountTable
{
    // Nothing real is mounted deeper; a table that says so has a cycle in it.
    private const int DeepestNesting = 256;

    private MountTable(Mount[] mounts, int unreadable)
    {
        Mounts = mounts;
        Unreadable = unreadable;
    }

    /// <summary>In the kernel's order: what is mounted over something comes after it.</summary>
    public IReadOnlyList<Mount> Mounts { get; }

    /// <summary>Lines that are not as proc_pid_mountinfo(5) describes them. They are left out.</summary>
    public int Unreadable { get; }

    /// <summary>Reads this process's table. It is the main thread's: threads that moved to a mount namespace of their own do not count.</summary>
    public static MountTable Read() => Parse(File.ReadAllBytes("/proc/self/mountinfo"));

    public static MountTable Parse(ReadOnlySpan<byte> text)
    {
        List<Mount> mounts = [];
        int unreadable = 0;
        while (!text.IsEmpty)
        {
            int end = text.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? text : text[..end];
            text = end < 0 ? default : text[(end + 1)..];
            if (TryParseLine(line, out Mount? mount))
            {
                mounts.Add(mount);
            }
            else if (!line.IsEmpty)
            {
                unreadable++;
            }
        }

        Mount[] all = [.. mounts];
        JudgePaths(all);
        return new MountTable(all, unreadable);
    }

    // Walks to each mount point as the kernel would: at each step into what is mounted there last. Whoever does not come to the mount itself
    // would touch another one in its place: it is covered, or something above it is.
    private static void JudgePaths(Mount[] all)
    {
        HashSet<int> ids = [.. all.Select(mount => mount.Id)];
        bool IsTop(Mount mount) => !ids.Contains(mount.ParentId) || mount.ParentId == mount.Id;     // its parent lies outside, or it is the first of all
        Dictionary<(int Parent, string Point), Mount> mounted = new(all.Length);
        foreach (Mount mount in all.Where(mount => !IsTop(mount)))
        {
            mounted[(mount.ParentId, Encoding.Latin1.GetString(mount.Point))] = mount;
        }

        Mount? top = Array.Find(all, mount => mount.Point.AsSpan().SequenceEqual("/"u8) && IsTop(mount));
        foreach (Mount mount in all)
        {
            mount.PathIsSafe = top is not null && LeadsTo(mount, top, mounted);
        }
    }

    private static bool LeadsTo(Mount mount, Mount top, Dictionary<(int Parent, string Point), Mount> mounted)
    {
        string point = Encoding.Latin1.GetString(mount.Point);
        Mount at = top;
        int steps = 0;
        for (int end = 1; end <= point.Length; end++)
        {
            if (end > 1 && end < point.Length && point[end] != '/')
            {
                continue;
            }

            while (mounted.TryGetValue((at.Id, point[..end]), out Mount? on))
            {
                if (at.Kind is not (FileSystemKind.Local or FileSystemKind.Pseudo) || ++steps > DeepestNesting)
                {
                    return false;
                }

                at = on;
            }
        }

        return at == mount;
    }

    // 36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue
    private static bool TryParseLine(ReadOnlySpan<byte> line, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Mount? mount)
    {
        mount = null;
        if (!TryNumber(Word(ref line), out int id) || !TryNumber(Word(ref line), out int parent)
            || !TryDevice(Word(ref line), out DeviceNumber device))
        {
            return false;
        }

        ReadOnlySpan<byte> root = Word(ref line);
        ReadOnlySpan<byte> point = Word(ref line);
        ReadOnlySpan<byte> options = Word(ref line);
        if (root.IsEmpty || point.IsEmpty || options.IsEmpty)
        {
            return false;
        }

        // Any number of optional fields, closed by a single hyphen.
        ReadOnlySpan<byte> word;
        do
        {
            word = Word(ref line);
            if (word.IsEmpty)
            {
                return false;
            }
        }
        while (!word.SequenceEqual("-"u8));

        ReadOnlySpan<byte> type = Word(ref line);
        if (type.IsEmpty)
        {
            return false;
        }

        string name = Encoding.UTF8.GetString(Unescape(type));
        mount = new Mount
        {
            Id = id,
            ParentId = parent,
            Device = device,
            Root = Unescape(root),
            Point = Unescape(point),
            Type = name,
            Kind = FileSystemKinds.Of(name),
        };
        return true;
    }

    private static ReadOnlySpan<byte> Word(scoped ref ReadOnlySpan<byte> line)
    {
        int end = line.IndexOf((byte)' ');
        ReadOnlySpan<byte> word = end < 0 ? line : line[..end];
        line = end < 0 ? default : line[(end + 1)..];
        return word;
    }

    private static bool TryNumber(ReadOnlySpan<byte> word, out int value) =>
        Utf8Parser.TryParse(word, out value, out int used) && used == word.Length && value >= 0;

    private static bool TryDevice(ReadOnlySpan<byte> word, out DeviceNumber device)
    {
        int colon = word.IndexOf((byte)':');
        bool fine = TryNumber(colon < 0 ? default : word[..colon], out int major)
            & TryNumber(colon < 0 ? default : word[(colon + 1)..], out int minor);
        device = new DeviceNumber((uint)major, (uint)minor);
        return fine;
    }

    // The kernel writes blank, tab, newline, backslash and '#' as three octal digits (seq_path, mangle in fs/proc_namespace.c).
    private static byte[] Unescape(ReadOnlySpan<byte> word)
    {
        if (!word.Contains((byte)'\\'))
        {
            return word.ToArray();
        }

        byte[] plain = new byte[word.Length];
        int length = 0;
        while (!word.IsEmpty)
        {
            if (word[0] == '\\' && word.Length >= 4 && word[1] is >= (byte)'0' and <= (byte)'3'
                && word[2] is >= (byte)'0' and <= (byte)'7' && word[3] is >= (byte)'0' and <= (byte)'7')
            {
                plain[length++] = (byte)(((word[1] - '0') << 6) | ((word[2] - '0') << 3) | (word[3] - '0'));
                word = word[4..];
            }
            else
            {
                plain[length++] = word[0];
                word = word[1..];
            }
        }

        return plain[..length];
    }
}
