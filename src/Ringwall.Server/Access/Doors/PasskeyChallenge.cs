namespace Ringwall.Server.Access.Doors;

/// <summary>The first half of anything with a passkey.</summary>
/// <param name="Options">JSON text for PublicKeyCredential.parseRequestOptionsFromJSON or parseCreationOptionsFromJSON.</param>
/// <param name="Pending">Goes back with what the browser made of it.</param>
public sealed record PasskeyChallenge(string Options, string Pending);
