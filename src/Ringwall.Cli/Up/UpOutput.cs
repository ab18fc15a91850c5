namespace Ringwall.Cli.Up;

/// <summary>How `ringwall up` shows what happens.</summary>
internal enum UpOutput
{
    Live,
    Plain,
    Json,
}
