namespace Ringwall.Server.Access.Doors;

/// <summary>An account as the framework's WebAuthn code sees it. The id is the user handle in the authenticator.</summary>
internal sealed record PasskeyOwner(string Id, string Name);
