using System.Net.Http.Headers;

namespace Ringwall.Simulator;

/// <summary>A file from the server, with the tag by which it says whether it has changed.</summary>
internal sealed record FetchedFile(byte[] Content, EntityTagHeaderValue? Tag);
