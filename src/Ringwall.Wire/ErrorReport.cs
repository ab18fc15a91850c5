namespace Ringwall.Wire;

/// <summary>One error as a person reads it: the thing, the reason, and what can be done about it.</summary>
/// <param name="Exit">The <see cref="ExitCode"/> that a command ends with on this error.</param>
/// <param name="Thing">What the error is about: a file, a path, a sensor's name, a kernel call.</param>
/// <param name="Reason">What is wrong with it.</param>
/// <param name="Remedy">What to do. Empty when there is nothing to be done.</param>
public sealed record ErrorReport(int Exit, string Thing, string Reason, string Remedy)
{
    /// <summary>The three parts on one line.</summary>
    public override string ToString() => Remedy.Length == 0 ? $"{Thing}: {Reason}" : $"{Thing}: {Reason}; {Remedy}";
}
