namespace Ringwall.Host.Generations.Probation.Synthetic;

/// <summary>One value of one field: a boundary of its range, or something ordinary.</summary>
/// <param name="Name">Says which, for reports and tests.</param>
/// <param name="Put">Writes it; a missing field writes nothing.</param>
internal sealed record Level(string Name, Action<FieldList> Put)
{
    /// <summary>The field is not there.</summary>
    public static Level Missing { get; } = new("missing", _ => { });
}
