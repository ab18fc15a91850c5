namespace Ringwall.Host.Configuration;

/// <summary>One thing that is wrong with a configuration.</summary>
/// <param name="Thing">The file and the key, as "FILE: sensors[1].folder".</param>
/// <param name="Reason">What is wrong.</param>
/// <param name="Remedy">What to write instead.</param>
internal sealed record ConfigurationProblem(string Thing, string Reason, string Remedy)
{
    public override string ToString() => $"{Thing}: {Reason}; {Remedy}";
}
