namespace Ringwall.Host.Control;

/// <summary>The end of this host.</summary>
internal interface IHostLife
{
    /// <summary>Lets the keeper start the installed host program in this one's place; asks are answered throughout. Returns once it was ordered.</summary>
    /// <returns>Null when it was; otherwise why not.</returns>
    public string? HandOver();

    /// <summary>Ends host and keeper. Returns once it was ordered.</summary>
    public void Stop();
}
