namespace Ringwall.Server.Enrolment;

/// <summary>A join token that was just made.</summary>
/// <param name="Secret">What machines join with. It cannot be shown again.</param>
/// <param name="Token">All else about it.</param>
public sealed record NewJoinToken(string Secret, JoinToken Token);
