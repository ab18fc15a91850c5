namespace Ringwall.Wire.Status;

/// <summary>What one generation of a sensor denied within the last hour. Exact up to its limits, which end the counting.</summary>
/// <param name="Files">Distinct files.</param>
/// <param name="Programs">Distinct programs that were refused something.</param>
/// <param name="Protected">Distinct files of the protected set.</param>
/// <param name="New">Distinct files that the generation before would have allowed; null when that one is not asked.</param>
public sealed record BudgetFigures(int Files, int Programs, int Protected, int? New);
