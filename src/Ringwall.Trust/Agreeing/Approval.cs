namespace Ringwall.Trust;

/// <summary>Somebody's yes to a release, as the operator's repository has it.</summary>
/// <param name="By">Who: whatever names one person and no other. The server writes the account's id, because the file is public.</param>
/// <param name="At">When; whole seconds, UTC.</param>
public sealed record Approval(string By, DateTimeOffset At)
{
    internal static Approval Read(MetaValue.Map map) => new(map.Text("by", 128), map.Instant("at"));

    internal MetaValue.Map Describe() => MetaValue.Map.Empty.With("by", MetaValue.Of(By)).With("at", MetaFields.OfInstant(At));
}
