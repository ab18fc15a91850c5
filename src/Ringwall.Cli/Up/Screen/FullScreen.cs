using Spectre.Console.Rendering;

namespace Ringwall.Cli.Up.Screen;

/// <summary>
/// Puts each line at its place by an absolute position (ECMA-48 CUP, EL, ED), so that a frame is right whatever stood on the screen before and however the terminal was
/// resized meanwhile. Written at once, so nothing flickers.
/// </summary>
internal sealed class FullScreen(Block content) : IRenderable
{
    public Measurement Measure(RenderOptions options, int maxWidth) => new(content.Width, content.Width);

    public IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        int row = 1;
        foreach (Strip line in content.Lines)
        {
            yield return Segment.Control($"\u001b[{row++};1H");
            foreach (Segment segment in line.Segments())
            {
                yield return segment;
            }

            yield return Segment.Control("\u001b[K");
        }

        yield return Segment.Control("\u001b[J");
    }
}
