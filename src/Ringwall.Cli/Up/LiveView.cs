using Ringwall.Cli.Up.Screen;
using Ringwall.Wire.Ocsf;
using Ringwall.Wire.Status;
using Spectre.Console;

namespace Ringwall.Cli.Up;

/// <summary>`ringwall up` for a person at a terminal: one screen, drawn twice a second, gone without a trace at the end.</summary>
internal sealed class LiveView(IAnsiConsole console, UpFeed feed)
{
    private static readonly TimeSpan DrawEvery = TimeSpan.FromMilliseconds(500);
    private readonly UpHistory _history = new() { Fleet = feed.Fleet };

    /// <returns>The last status that was seen.</returns>
    public async Task<HostStatus?> RunAsync(CancellationToken over)
    {
        Task following = feed.FollowAsync(over);
        // The alternate screen keeps what stood in the terminal before; the cursor would only blink in it.
        console.Write(new ControlCode("\u001b[?1049h\u001b[?25l"));
        try
        {
            while (!over.IsCancellationRequested)
            {
                _history.Add(await feed.StatusAsync(over).ConfigureAwait(false));
                while (feed.Findings.TryRead(out DetectionFinding? finding))
                {
                    _history.Add(finding);
                }

                console.Write(new FullScreen(Compose()));
                await Task.Delay(DrawEvery, over).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The usual end.
        }
        finally
        {
            console.Write(new ControlCode("\u001b[?25h\u001b[?1049l"));
        }

        await following.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default).ConfigureAwait(false);
        return _history.Now;
    }

    private Block Compose() =>
        LiveScreen.Compose(_history, Math.Max(20, console.Profile.Width), Math.Max(5, console.Profile.Height), DateTimeOffset.Now);
}
