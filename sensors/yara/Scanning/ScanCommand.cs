using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Ringwall.Sensors.Yara.Abi;
using Ringwall.Sensors.Yara.Engine;
using Ringwall.Sensors.Yara.Reading;

namespace Ringwall.Sensors.Yara.Scanning;

/// <summary>`scan --rules DIR [--rules DIR…] PATH…`: tries rules on files, without a host.</summary>
internal sealed class ScanCommand(Stream output, TextWriter complaints)
{
    public const int Done = 0;
    public const int SomePathWasNotScanned = 1;
    public const int BadUsageOrRule = 2;

    public const string Usage = """
        Usage: ringwall-sensor-yara scan --rules DIR|FILE [--rules DIR|FILE ...] PATH ...

        Prints "RULE PATH" for each match, as the yara command does: a file's matches in the order of the rules,
        files in the order given, folders with all below them (yara -r) in the order of the names' bytes, links
        followed. Rules are the .yar and .yara files of each DIR and below it. Complaints go to standard error.

        Exit codes: 0 all was scanned, matches or not; 1 a path could not be scanned; 2 wrong usage, or a rule
        file was refused (the others were used).
        """;

    // What a buffer can hold with comfort; the yara command maps the file and has no limit.
    private const int LargestFile = 1 << 30;

    private static readonly TimeSpan LongestScan = TimeSpan.FromHours(1);

    private bool _allScanned = true;

    public int Run(ReadOnlySpan<string> arguments)
    {
        if (!TryParse(arguments, out List<string> places, out List<string> paths))
        {
            complaints.WriteLine(Usage);
            return BadUsageOrRule;
        }

        var files = new List<string>();
        var faults = new List<RuleFault>();
        foreach (string place in places)
        {
            try
            {
                IReadOnlyList<string> below = RuleFiles.Below(place, faults);
                if (below.Count == 0)
                {
                    complaints.WriteLine($"{place}: error: no .yar or .yara file in it");
                    return BadUsageOrRule;
                }

                files.AddRange(below);
            }
            catch (FileNotFoundException e)
            {
                complaints.WriteLine($"--rules: error: {e.Message}");
                return BadUsageOrRule;
            }
        }

        using RuleSet rules = RuleLoader.Load(files, faults);
        foreach (RuleFault fault in faults)
        {
            complaints.WriteLine(fault);
        }

        using (var scanner = new Scanner(rules))
        using (var content = new FileContent())
        {
            var walk = new PathWalk(path => ScanFile(scanner, content, path), (path, errno) => Complain(path, Marshal.GetPInvokeErrorMessage(errno)));
            foreach (string path in paths)
            {
                walk.Visit(Encoding.UTF8.GetBytes(path));
            }
        }

        output.Flush();
        return faults.Exists(f => !f.IsWarning) ? BadUsageOrRule : _allScanned ? Done : SomePathWasNotScanned;
    }

    private static bool TryParse(ReadOnlySpan<string> arguments, out List<string> places, out List<string> paths)
    {
        places = [];
        paths = [];
        bool onlyPaths = false;
        for (int i = 0; i < arguments.Length; i++)
        {
            string argument = arguments[i];
            if (onlyPaths || !argument.StartsWith('-'))
            {
                paths.Add(argument);
            }
            else if (argument == "--")
            {
                onlyPaths = true;
            }
            else if (argument == "--rules" && i + 1 < arguments.Length)
            {
                places.Add(arguments[++i]);
            }
            else if (argument.StartsWith("--rules=", StringComparison.Ordinal))
            {
                places.Add(argument["--rules=".Length..]);
            }
            else
            {
                return false;
            }
        }

        return places.Count > 0 && paths.Count > 0;
    }

    private void ScanFile(Scanner scanner, FileContent content, byte[] path)
    {
        using SafeFileHandle file = Open(path);
        if (file.IsInvalid)
        {
            Complain(path, Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError()));
            return;
        }

        int number = (int)file.DangerousGetHandle();
        if (!FileIdentity.TryOf(number, out FileIdentity identity))
        {
            return;
        }

        switch (content.Read(number, identity.Size, LargestFile))
        {
            case ReadOutcome.TooLarge:
                Complain(path, $"not scanned: larger than {LargestFile >> 20} MiB");
                return;
            case ReadOutcome.Refused:
                Complain(path, Marshal.GetPInvokeErrorMessage(content.Errno));
                return;
        }

        ScanOutcome outcome = scanner.Scan(content.Bytes, path, LongestScan);
        content.Shrink();
        if (outcome is ScanOutcome.Unfinished or ScanOutcome.Failed)
        {
            Complain(path, $"not scanned: {YaraError.Words(scanner.Error)}");
            return;
        }

        for (int i = 0; i < scanner.MatchCount; i++)
        {
            output.Write(scanner.MatchedIdentifier(i));
            output.WriteByte((byte)' ');
            output.Write(path);
            output.WriteByte((byte)'\n');
        }
    }

    private static unsafe SafeFileHandle Open(byte[] path)
    {
        // Not blocking: what was a file a moment ago may be a pipe now.
        fixed (byte* name = PathWalk.Terminated(path))
        {
            // SAFETY: the name ends with NUL.
            return libc_files.open(name, libc_files.O_RDONLY | libc_files.O_NONBLOCK | libc_files.O_CLOEXEC);
        }
    }

    private void Complain(byte[] path, string why)
    {
        _allScanned = false;
        complaints.WriteLine($"{Encoding.UTF8.GetString(path)}: error: {why}");
    }
}
