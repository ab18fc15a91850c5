namespace Ringwall.Trust;

/// <summary>Bytes from outside were refused. Nothing that was trusted before has changed.</summary>
public sealed class UpdateRejectedException : Exception
{
    private const int LongestDetail = 240;

    /// <param name="reason">What scripts and counters go by.</param>
    /// <param name="detail">What a person reads; foreign text in it is cut and made printable.</param>
    public UpdateRejectedException(RejectionReason reason, string detail)
        : base($"{reason}: {Printable(detail)}")
    {
        Reason = reason;
    }

    public RejectionReason Reason { get; }

    internal static void Throw(RejectionReason reason, string detail) => throw new UpdateRejectedException(reason, detail);

    private static string Printable(string text)
    {
        string cut = text.Length <= LongestDetail ? text : text[..LongestDetail] + "…";
        return string.Create(cut.Length, cut, static (to, from) =>
        {
            for (int i = 0; i < from.Length; i++)
            {
                to[i] = char.IsControl(from[i]) || char.IsSurrogate(from[i]) ? '?' : from[i];
            }
        });
    }
}
