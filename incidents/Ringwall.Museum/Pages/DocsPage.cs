using System.Globalization;
using System.Text;
using Ringwall.Museum.Replays;

namespace Ringwall.Museum.Pages;

/// <summary>Writes docs/museum.md and its pictures from a run of all exhibits.</summary>
internal static class DocsPage
{
    // One for each way in which a bad update ends.
    private static readonly (string Exhibit, string Words)[] Shown =
    [
        ("23-new-bad-configuration", "Refused in probation: the release never came into service."),
        ("06-2012-symantec-sonar", "Promoted, then failed: the generation before, which had stayed beside it, took its place."),
        ("02-2007-symantec-china", "Forced into service, and wrong about the system's files: its denials were recorded and not applied."),
        ("16-2023-defender-asr-shortcuts", "Promoted, then moved people's files away: falling back brought them back."),
    ];

    public static void Write(string root, IReadOnlyList<ExhibitResult> results)
    {
        StringBuilder page = new();
        page.Append("# When a vendor's update is bad\n\n<!-- written by `./rw museum --docs` -->\n\n");
        page.Append(Steps);
        page.Append("\n## What it looks like\n\nEach picture is one replay. Dots are waits of the machine at work, on a logarithmic scale up to 2 seconds, the dashed line is the deadline of an open; below them logins and package installations, "
            + "whether a file that is known to be bad could be opened (orange: it could), who answered the kernel, and which generations ran.\n");
        string pictures = Path.Combine(root, "docs", "images", "museum");
        Directory.CreateDirectory(pictures);
        foreach ((string name, string words) in Shown)
        {
            if (results.FirstOrDefault(result => result.Exhibit.Name == name) is { } result)
            {
                File.WriteAllText(Path.Combine(pictures, $"{name}.svg"), TimelinePicture.Of(result.Played, alone: true));
                page.Append(CultureInfo.InvariantCulture, $"\n**{words}** [{result.Exhibit.Title}](../incidents/{name}/README.md)\n\n![{words}](images/museum/{name}.svg)\n");
            }
        }

        page.Append("\n## All exhibits, measured\n\n"
            + "*Noticed*: from the moment on at which the fault could first be seen to Ringwall's own word of it. *Gap*: time in which a file that is to be refused could be opened. *Fallback asks*: answered by the fallback because no verdict came in time. "
            + "*Fallback*: from the detection until the previous generation was in service; 0 where it had never left, nothing where none had arrived or the faulty one stayed without doing harm. *Longest*: waits of an execution (two asks: one as an execution, one as an open) and of an open.\n\n"
            + "| exhibit | fault | guard | outcome | control | noticed | gap | fallback asks | fallback | longest exec / open |\n|---|---|---|---|---|---|---|---|---|---|\n");
        foreach (ExhibitResult result in results)
        {
            Outcome played = result.Played;
            page.Append(
                CultureInfo.InvariantCulture,
                $"| [{result.Exhibit.Name}](../incidents/{result.Exhibit.Name}/README.md) | {result.Exhibit.Fault} | {result.Exhibit.Guard} | {(played.Harmless ? "harmless" : "**harmful**")} | {(result.Control is { Harmless: false } ? "harmful" : "**harmless**")} | "
                + $"{ResultTable.Ms(played.DetectedMs)} | {ResultTable.Ms(played.GapMs)} | {played.AsksByFallback} | {ResultTable.Ms(played.FallbackMs)} | {played.LongestExecMs:0} / {played.LongestOpenMs:0} ms |\n");
        }

        page.Append(CultureInfo.InvariantCulture, $"\n{results.Count(result => result.Played.Harmless)} of {results.Count} harmless; {results.Count(result => result.Control is { Harmless: false })} of {results.Count} controls harmful. "
            + $"Measured on {Environment.ProcessorCount} processors; the same operations on a filesystem that nobody guards waited {results.Max(result => result.Played.NoiseMs):0} ms at most.\n");
        File.WriteAllText(Path.Combine(root, "docs", "museum.md"), page.ToString());
    }

    private const string Steps = """
        An update is installed, and it is bad. What follows happens without you; what you can do stands with it.

        1. **It is refused before anything starts**, if its bytes are not those of its manifest, or its content was written for another schema than its engine reads. `ringwall install` says so and ends with
           an error; nothing has changed.
        2. **It is tried beside the one in service.** Its verdicts are recorded and go nowhere. If it does not start, crashes, hangs, is slower or hungrier than it may be, denies what the machine cannot do
           without, or judges other files differently than the one in service, it is *refused*: `ringwall generations NAME` says why, `ringwall probation NAME` has every gate with its numbers. The machine has noticed nothing.
        3. **It passes and fails later**: a date, a file that nobody had opened, a load that nobody had had. The generation before has stayed running, muted. The first strike brings it back, between two asks.
           The one that failed is refused from then on, whatever releases the vendor repeats. `ringwall rollback NAME` does the same by your word.
        4. **It is wrong about the system's files.** Denials of the protected set (`ringwall protected PATH` tells of one file) are recorded, reported as findings and not applied. The machine goes on.
        5. **It denies too much of what is yours.** The budget ends that: its verdicts become advisory and the generation before returns. `ringwall allow PATH` lets a file be opened at once.
        6. **It had files moved away.** Falling back from it brings them back, if so configured; `ringwall undo --generation N` does it by your word.
        7. **Meanwhile nobody waits longer than the deadline**, whatever the sensor does, and nothing that it does reaches the way on which the next release comes: install the mended one with `ringwall install` when the vendor has it.

        To see it on a machine of yours: `./rw drill NAME` replays one of the exhibits below on filesystems that it mounts itself.

        """;
}
