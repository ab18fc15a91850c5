using System.Diagnostics.CodeAnalysis;

namespace Ringwall.Sensors.Yara.Engine;

/// <summary>
/// Files to rules. A file counts as good when it compiles and then evaluates; a bad one is reported and costs nobody else anything.
/// </summary>
internal static class RuleLoader
{
    // A rule that needs longer than this for 64 bytes would take every file's time. Generous, so that a busy machine refuses no good rule.
    private static readonly TimeSpan TrialTime = TimeSpan.FromSeconds(5);

    private static readonly byte[] Trial = "a few bytes that no rule is about, to see that all of them end ."u8.ToArray();

    /// <param name="files">Rule files, in the order in which their matches will be told.</param>
    /// <param name="faults">Gets what was refused and what libyara warns about.</param>
    /// <param name="trialTime">How long a trial of 64 bytes may take; by default five seconds.</param>
    /// <returns>The rules of all good files; may be empty.</returns>
    public static RuleSet Load(IReadOnlyList<string> files, ICollection<RuleFault> faults, TimeSpan? trialTime = null)
    {
        YaraLibrary.Load();
        TimeSpan time = trialTime ?? TrialTime;
        if (TryTogether(files, time, out RuleSet? all, out IReadOnlyList<RuleFault> warnings))
        {
            Tell(warnings, faults);
            return all;
        }

        var good = new List<string>();
        foreach (string file in files)
        {
            if (IsGood(file, time, faults))
            {
                good.Add(file);
            }
        }

        if (TryTogether(good, time, out all, out warnings))
        {
            Tell(warnings, faults);
            return all;
        }

        // Each is good alone and all together are not: some limit of libyara that counts over all of them.
        throw new YaraException($"libyara takes each of {good.Count} rule files but not all of them at once: {string.Join("; ", warnings)}");
    }

    private static bool TryTogether(
        IReadOnlyList<string> files, TimeSpan time, [NotNullWhen(true)] out RuleSet? rules, out IReadOnlyList<RuleFault> told) =>
        // First without the names, because a verdict that does not depend on them may be remembered for the file.
        TryTogether(files, time, knowsNames: false, out rules, out told) || TryTogether(files, time, knowsNames: true, out rules, out told);

    private static bool TryTogether(
        IReadOnlyList<string> files, TimeSpan time, bool knowsNames, [NotNullWhen(true)] out RuleSet? rules, out IReadOnlyList<RuleFault> told)
    {
        using var compiler = new RuleCompiler(knowsNames);
        rules = null;
        told = compiler.Faults;
        foreach (string file in files)
        {
            if (!compiler.Add(file))
            {
                return false;
            }
        }

        RuleSet compiled = compiler.Rules(files.Count);
        if (WhyItDoesNotEvaluate(compiled, time) is { } why)
        {
            compiled.Dispose();
            told = [.. compiler.Faults, new RuleFault("all rules", 0, why, IsWarning: false)];
            return false;
        }

        rules = compiled;
        return true;
    }

    private static bool IsGood(string file, TimeSpan time, ICollection<RuleFault> faults)
    {
        using var compiler = new RuleCompiler(knowsNames: true);
        if (!compiler.Add(file))
        {
            foreach (RuleFault fault in compiler.Faults)
            {
                if (!fault.IsWarning)
                {
                    faults.Add(fault);
                }
            }

            return false;
        }

        using RuleSet rules = compiler.Rules(1);
        if (WhyItDoesNotEvaluate(rules, time) is not { } why)
        {
            return true;
        }

        faults.Add(new RuleFault(file, 0, why, IsWarning: false));
        return false;
    }

    private static string? WhyItDoesNotEvaluate(RuleSet rules, TimeSpan time)
    {
        var imports = new HashSet<string>();
        using var scanner = new Scanner(rules, imports);
        ScanOutcome outcome = scanner.Scan(Trial, default, time);
        if (outcome == ScanOutcome.Unfinished)
        {
            return $"does not finish with {Trial.Length} bytes in {time.TotalSeconds:0.#} s";
        }

        if (outcome == ScanOutcome.Failed)
        {
            return $"cannot be evaluated: {YaraError.Words(scanner.Error)}";
        }

        // The magic module reads libmagic's database at its first use and fails the whole scan, other rules and all, when it is
        // not there. A sandboxed sensor does not see it.
        return imports.Contains("magic") && !MagicWorks()
            ? "imports \"magic\", whose database (/usr/share/misc/magic.mgc) is not to be had here"
            : null;
    }

    private static bool MagicWorks()
    {
        using var compiler = new RuleCompiler(knowsNames: false);
        compiler.AddText("import \"magic\" rule probe { condition: magic.type() != \"\" }");
        using RuleSet rules = compiler.Rules(0);
        using var scanner = new Scanner(rules);
        return scanner.Scan(Trial, default, TrialTime) != ScanOutcome.Failed;
    }

    private static void Tell(IReadOnlyList<RuleFault> warnings, ICollection<RuleFault> faults)
    {
        foreach (RuleFault warning in warnings)
        {
            faults.Add(warning);
        }
    }
}
