namespace Ringwall.Server.Access;

/// <summary>The session that a request came with, by its cookie.</summary>
/// <param name="Secret">What the cookie holds.</param>
/// <param name="Created">Unix milliseconds.</param>
internal sealed record Session(string Secret, Person Person, long Created)
{
    private const string Item = "ringwall.session";

    /// <summary>Null when nobody is signed in, or by an API token.</summary>
    public static Session? Of(HttpContext context) => context.Items[Item] as Session;

    public void Set(HttpContext context) => context.Items[Item] = this;
}
