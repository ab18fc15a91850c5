using Ringwall.Trust;
using Ringwall.Trust.Client;

// The command line that conformance suites for clients of The Update Framework drive; docs/trust.md says how. Not shipped: endpoints have the agent.
const string usage = "usage: ringwall-tuf-client --metadata-dir DIR [--metadata-url URL] [--target-name NAME]… [--target-base-url URL] [--target-dir DIR] init ROOT_FILE | refresh | download";

try
{
    CommandLine line = CommandLine.Parse(args);
    MetadataFolder folder = new(line.MetadataFolder);
    if (line.Command == "init")
    {
        folder.Start(File.ReadAllBytes(line.RootFile));
        return 0;
    }

    using Web web = new(TransferPace.Default);
    Updater updater = new(folder, web, line.MetadataAddress);
    updater.Refresh(DateTimeOffset.UtcNow);
    if (line.Command == "download")
    {
        foreach (string name in line.TargetNames)
        {
            updater.Download(name, line.TargetAddress, line.TargetFolder);
        }
    }

    return 0;
}
catch (UpdateRejectedException e)
{
    Console.Error.WriteLine($"refused: {e.Message}");
    return 1;
}
catch (ArgumentException e)
{
    Console.Error.WriteLine($"{e.Message}\n{usage}");
    return 1;
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException or HttpRequestException or OperationCanceledException or UriFormatException)
{
    Console.Error.WriteLine($"failed: {e.Message}");
    return 1;
}
