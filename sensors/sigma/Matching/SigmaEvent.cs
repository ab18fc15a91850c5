using Ringwall.Sensors.Sigma.Language;

namespace Ringwall.Sensors.Sigma.Matching;

/// <summary>One event as rules see it. An object is used again for the next event; fields are read when a rule first asks.</summary>
internal abstract class SigmaEvent
{
    /// <summary>Null for an event of a kind that no rule here is about.</summary>
    public abstract SigmaCategory? Category { get; }

    /// <summary>The fields that the event has, for keywords.</summary>
    public abstract int FieldCount { get; }

    /// <summary>The field with this number in the table that the event was made with; <see cref="FieldText.Missing"/> if there is none.</summary>
    public abstract FieldText Field(int id);

    public abstract FieldText FieldAt(int index);
}
