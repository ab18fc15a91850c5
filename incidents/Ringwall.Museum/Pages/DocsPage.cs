using System.Globalization;
using System.Text;
using Ringwall.Museum.Replays;

namespace Ringwall.Museum.Pages;

/// <summary>Writes museum.md and its pictures from a run of all exhibits.</summary>
internal static class DocsPage
{
    // One for each way in which a bad update ends.
    private static readonly (string Exhibit, string Words)[] Shown =
    [
        ("23-new-bad-configuration", "Refused in probation: the release never came into service."),
        ("06-2012-symantec-sonar", "Promoted, then failed: the generation before, which had stayed beside it, took its place."),
        ("02-2007-symantec-china", "In service untried, and wrong about the system's files: its denials were recorded and not applied, and the generation before came back."),
        ("16-2023-defender-asr-shortcuts", "Promoted, then moved people's files away: falling back brought them back."),
    ];

    /// <param name="folder">The folder docs of a checkout.</param>
    /// <param name="results">Of all exhibits, with their controls.</param>
    public static void Write(string folder, IReadOnlyList<ExhibitResult> results)
    {
        StringBuilder page = new();
        page.Append("# The museum, measured\n\n<!-- written by `./rw museum --docs` -->\n\n"
            + "Bad security updates of the past, and some that have not happened yet, replayed on a live machine: [what they are and how they are judged](../incidents/README.md). "
            + "What an operator sees of one, step by step: [updates.md](updates.md). To rehearse one on a machine of yours, on filesystems that it mounts itself: `ringwall drill NAME`.\n");
        page.Append("\n## What it looks like\n\nEach picture is one replay. Dots are waits of the machine at work, on a logarithmic scale up to 2 seconds, the dashed line is the deadline of an open; below them logins and package installations, "
            + "whether a file that is known to be bad could be opened (orange: it could), who answered the kernel, and which generations ran.\n");
        string pictures = Path.Combine(folder, "images", "museum");
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
            + "*Fallback*: from the first that was noticed, a single denial that was not applied included, until the previous generation was in service; 0 where it had never left, nothing where none had arrived or the faulty one stayed without doing harm. *Longest*: waits of an execution (two asks: one as an execution, one as an open) and of an open, in the attempt that counts. *Attempts*: an exhibit in which nothing but lateness was seen is played again, twice at most, when the machine was busy; museum.json has what was late in those that are not counted.\n\n"
            + "| exhibit | fault | guard | outcome | control | noticed | gap | fallback asks | fallback | longest exec / open | attempts |\n|---|---|---|---|---|---|---|---|---|---|---|\n");
        foreach (ExhibitResult result in results)
        {
            Outcome played = result.Played;
            page.Append(
                CultureInfo.InvariantCulture,
                $"| [{result.Exhibit.Name}](../incidents/{result.Exhibit.Name}/README.md) | {result.Exhibit.Fault} | {result.Exhibit.Guard} | {(played.Harmless ? "harmless" : "**harmful**")} | {(result.Control is { Harmless: false } ? "harmful" : "**harmless**")} | "
                + $"{ResultTable.Ms(played.DetectedMs)} | {ResultTable.Ms(played.GapMs)} | {played.AsksByFallback} | {ResultTable.Ms(played.FallbackMs)} | {played.LongestExecMs:0} / {played.LongestOpenMs:0} ms | {played.NotCounted.Count + 1} |\n");
        }

        page.Append(CultureInfo.InvariantCulture, $"\n{results.Count(result => result.Played.Harmless)} of {results.Count} harmless; {results.Count(result => result.Control is { Harmless: false })} of {results.Count} controls harmful. "
            + $"Measured on {Environment.ProcessorCount} processors; the same operations on a filesystem that nobody guards waited {results.Max(result => result.Played.NoiseMs):0} ms at most.\n");
        if (Judgement.GraceMs > Judgement.UsualGraceMs)
        {
            page.Append(CultureInfo.InvariantCulture, $"Much else ran on this machine meanwhile, so that an answer was called late {Judgement.GraceMs:0} ms after its deadline, and not {Judgement.UsualGraceMs:0}; the table has how long the longest took.\n");
        }

        File.WriteAllText(Path.Combine(folder, "museum.md"), page.ToString());
    }
}
