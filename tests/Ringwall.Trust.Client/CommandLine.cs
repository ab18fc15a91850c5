namespace Ringwall.Trust.Client;

/// <summary>What the program was asked for.</summary>
internal sealed class CommandLine
{
    private readonly Dictionary<string, List<string>> _options = [];

    public string Command { get; private set; } = "";

    public string RootFile { get; private set; } = "";

    public string MetadataFolder => One("--metadata-dir");

    public Uri MetadataAddress => Folder("--metadata-url");

    public IReadOnlyList<string> TargetNames => _options.GetValueOrDefault("--target-name") ?? throw new ArgumentException("--target-name is missing");

    public Uri TargetAddress => Folder("--target-base-url");

    public string TargetFolder => One("--target-dir");

    /// <exception cref="ArgumentException">It makes no sense.</exception>
    public static CommandLine Parse(string[] args)
    {
        CommandLine line = new();
        Queue<string> rest = new(args);
        while (rest.TryDequeue(out string? word))
        {
            if (word is "--metadata-dir" or "--metadata-url" or "--target-name" or "--target-base-url" or "--target-dir")
            {
                string value = rest.TryDequeue(out string? next) ? next : throw new ArgumentException($"{word} needs a value");
                if (!line._options.TryAdd(word, [value]))
                {
                    line._options[word].Add(value);
                }
            }
            else if (line.Command.Length == 0 && word is "init" or "refresh" or "download")
            {
                line.Command = word;
                line.RootFile = word != "init" ? "" : rest.TryDequeue(out string? file) ? file : throw new ArgumentException("init needs the file of a root");
            }
            else
            {
                throw new ArgumentException($"'{word}' was not expected");
            }
        }

        return line.Command.Length > 0 ? line : throw new ArgumentException("no command");
    }

    private string One(string option) =>
        _options.GetValueOrDefault(option) is [string value] ? value : throw new ArgumentException($"{option} must be given once");

    private Uri Folder(string option)
    {
        string address = One(option);
        return new Uri(address.EndsWith('/') ? address : address + "/");
    }
}
