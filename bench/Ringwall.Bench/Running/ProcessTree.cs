using System.Globalization;

namespace Ringwall.Bench.Running;

/// <summary>Processes and all that they started, as /proc shows them.</summary>
internal static class ProcessTree
{
    public static IReadOnlyList<int> Of(params IEnumerable<int> roots)
    {
        var children = new Dictionary<int, List<int>>();
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && Parent(pid) is { } parent)
            {
                (children.TryGetValue(parent, out List<int>? list) ? list : children[parent] = []).Add(pid);
            }
        }

        var all = new List<int>(roots);
        for (int i = 0; i < all.Count; i++)
        {
            all.AddRange(children.GetValueOrDefault(all[i], []));
        }

        return all;
    }

    /// <summary>The kernel's name of a process's program; "" when it is gone.</summary>
    public static string Name(int pid) => Read($"/proc/{pid}/comm").Trim();

    /// <summary>Time on a CPU of all threads that live, in nanoseconds. proc(5): the first number of schedstat.</summary>
    public static long CpuNs(IEnumerable<int> pids)
    {
        long sum = 0;
        foreach (int pid in pids)
        {
            try
            {
                foreach (string task in Directory.EnumerateDirectories($"/proc/{pid}/task"))
                {
                    string text = Read($"{task}/schedstat");
                    sum += text.Length == 0 ? 0 : long.Parse(text.Split(' ')[0], CultureInfo.InvariantCulture);
                }
            }
            catch (DirectoryNotFoundException)
            {
                // It has ended.
            }
        }

        return sum;
    }

    public static double ResidentMb(int pid)
    {
        foreach (string line in Read($"/proc/{pid}/status").Split('\n'))
        {
            if (line.StartsWith("VmRSS:", StringComparison.Ordinal))
            {
                return double.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
            }
        }

        return 0;
    }

    private static int? Parent(int pid)
    {
        // The name, in parentheses, may hold anything.
        string stat = Read($"/proc/{pid}/stat");
        int end = stat.LastIndexOf(')');
        return end < 0 ? null : int.Parse(stat[(end + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
    }

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return "";
        }
        catch (UnauthorizedAccessException)
        {
            return "";
        }
    }
}
