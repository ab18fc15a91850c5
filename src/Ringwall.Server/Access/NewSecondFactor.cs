namespace Ringwall.Server.Access;

/// <summary>A secret for an authenticator, which counts when it has shown a first code.</summary>
/// <param name="Pending">Goes back with that code.</param>
/// <param name="Secret">As people type it.</param>
/// <param name="Uri">As authenticators read it: otpauth://…</param>
internal sealed record NewSecondFactor(string Pending, string Secret, string Uri);
