namespace Ringwall.Server.Access;

/// <summary>The ways to say who one is.</summary>
public static class Schemes
{
    /// <summary>A person: by session cookie, or by API token.</summary>
    public const string Person = "person";

    /// <summary>A device: by session token.</summary>
    public const string Device = "device";
}
