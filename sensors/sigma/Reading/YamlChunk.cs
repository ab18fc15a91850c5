namespace Ringwall.Sensors.Sigma.Reading;

/// <summary>The text of one document of a file, and how many lines of the file lie before it.</summary>
internal readonly record struct YamlChunk(string Text, int LinesBefore)
{
    /// <summary>
    /// Cuts a file at its document markers before anything is parsed, so that one broken document does not take those after it along. A line that begins
    /// with <c>---</c> ends a document whatever it stands in (YAML 1.2, 9.1.2), so this cannot cut through a value.
    /// </summary>
    public static List<YamlChunk> Split(string text)
    {
        var chunks = new List<YamlChunk>();
        int chunkStart = 0;
        int chunkLine = 0;
        int line = 0;
        for (int at = 0; at < text.Length; line++)
        {
            int newline = text.IndexOf('\n', at);
            int end = newline < 0 ? text.Length : newline + 1;
            ReadOnlySpan<char> content = text.AsSpan(at, end - at).TrimEnd("\r\n");
            if (content.StartsWith("---") && (content.Length == 3 || content[3] is ' ' or '\t'))
            {
                chunks.Add(new YamlChunk(text[chunkStart..at], chunkLine));
                chunkStart = at;
                chunkLine = line;
            }

            at = end;
        }

        chunks.Add(new YamlChunk(text[chunkStart..], chunkLine));
        chunks.RemoveAll(chunk => !chunk.HasContent);
        return chunks;
    }

    /// <summary>Comments, directives and a marker alone are no document.</summary>
    private bool HasContent
    {
        get
        {
            foreach (ReadOnlySpan<char> line in Text.AsSpan().EnumerateLines())
            {
                ReadOnlySpan<char> trimmed = line.Trim();
                if (trimmed is not "" and not "---" and not "..." && trimmed[0] != '#' && line[0] != '%')
                {
                    return true;
                }
            }

            return false;
        }
    }
}
