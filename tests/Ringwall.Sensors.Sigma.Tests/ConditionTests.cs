using Ringwall.Sensors.Sigma.Reading;

namespace Ringwall.Sensors.Sigma.Tests;

/// <summary>Conditions over search identifiers that each hold exactly when a field of their name is "1".</summary>
public sealed class ConditionTests
{
    private const string Searches = "a: {a: 1}\nb: {b: 1}\nc: {c: 1}\nsel_1: {sel_1: 1}\nsel_2: {sel_2: 1}\n_hidden: {_hidden: 1}\nwith.dot-and: {dot: 1}\n";

    [Theory]
    [InlineData("a", "a", true)]
    [InlineData("a", "b", false)]
    [InlineData("a and b", "a b", true)]
    [InlineData("a and b", "a", false)]
    [InlineData("a or b", "b", true)]
    [InlineData("a or b", "c", false)]
    [InlineData("not a", "", true)]
    [InlineData("not a", "a", false)]
    [InlineData("not not a", "a", true)]
    [InlineData("a and not b", "a", true)]
    [InlineData("a and not b", "a b", false)]
    [InlineData("A AND NOT b", "a", null)]
    [InlineData("a AND NOT b", "a", true)]
    [InlineData("a Or b", "b", true)]
    // or binds least, then and, then not.
    [InlineData("a or b and c", "a", true)]
    [InlineData("a or b and c", "b", false)]
    [InlineData("a or b and c", "b c", true)]
    [InlineData("(a or b) and c", "a", false)]
    [InlineData("(a or b) and c", "a c", true)]
    [InlineData("a and b or c", "c", true)]
    [InlineData("not a or b", "a b", true)]
    [InlineData("not a and b", "b", true)]
    [InlineData("not (a or b)", "", true)]
    [InlineData("not (a or b)", "b", false)]
    [InlineData("not a and not b or c", "a c", true)]
    [InlineData("(((a)))and(b)", "a b", true)]
    [InlineData("not(a)", "a", false)]
    [InlineData("a and (b or (c and not (sel_1)))", "a c", true)]
    [InlineData("a and (b or (c and not (sel_1)))", "a c sel_1", false)]
    // x of.
    [InlineData("1 of sel_*", "sel_2", true)]
    [InlineData("1 of sel_*", "a", false)]
    [InlineData("any of sel_*", "sel_2", true)]
    [InlineData("all of sel_*", "sel_2", false)]
    [InlineData("all of sel_*", "sel_1 sel_2", true)]
    [InlineData("ALL OF sel_*", "sel_1 sel_2", true)]
    [InlineData("not 1 of sel_*", "a", true)]
    [InlineData("not 1 of sel_*", "sel_1", false)]
    [InlineData("a and not 1 of sel_*", "a sel_1", false)]
    [InlineData("1 of sel_* and a", "sel_1", false)]
    [InlineData("a or all of sel_* and b", "sel_1 sel_2 b", true)]
    [InlineData("1 of *_1", "sel_1", true)]
    [InlineData("1 of s*_*2", "sel_2", true)]
    [InlineData("1 of s*_*2", "sel_1", false)]
    [InlineData("1 of sel_1", "sel_1", true)]
    [InlineData("1 of them", "c", true)]
    [InlineData("1 of THEM", "c", true)]
    [InlineData("1 of them", "_hidden", false)]
    [InlineData("1 of *", "_hidden", false)]
    [InlineData("1 of *hidden", "_hidden", null)]
    [InlineData("1 of _*", "_hidden", true)]
    [InlineData("_hidden", "_hidden", true)]
    [InlineData("all of them", "a b c sel_1 sel_2", false)]
    [InlineData("all of them", "a b c sel_1 sel_2 dot", true)]
    [InlineData("with.dot-and", "dot", true)]
    [InlineData("1 of with.*", "dot", true)]
    // No conditions.
    [InlineData("", "a", null)]
    [InlineData("a b", "a", null)]
    [InlineData("a and", "a", null)]
    [InlineData("and a", "a", null)]
    [InlineData("a and or b", "a", null)]
    [InlineData("not", "a", null)]
    [InlineData("a not b", "a", null)]
    [InlineData("(a", "a", null)]
    [InlineData("a)", "a", null)]
    [InlineData("()", "a", null)]
    [InlineData("missing", "a", null)]
    [InlineData("1 of missing_*", "a", null)]
    [InlineData("2 of sel_*", "a", null)]
    [InlineData("1 of", "a", null)]
    [InlineData("of sel_*", "a", null)]
    [InlineData("1 of (sel_*)", "a", null)]
    [InlineData("all of and", "a", null)]
    [InlineData("a | count() > 5", "a", null)]
    public void Conditions_hold_or_are_refused(string condition, string present, bool? expected)
    {
        string detection = $"{Searches}condition: '{condition}'";
        if (expected is null)
        {
            RuleFault fault = Subject.Fault(Subject.RuleWith(detection));
            Assert.True(fault.Reason is RuleFaultReason.Condition or RuleFaultReason.Unsupported, fault.ToString());
            Assert.Equal(Subject.DetectionLine + 7, fault.Source.Line);
            return;
        }

        string fields = string.Join(',', present.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(name => $"\"{name}\":1"));
        Assert.Equal(expected, Subject.Matches(detection, fields));
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("b", true)]
    [InlineData("c", false)]
    public void Several_conditions_are_alternatives(string present, bool expected) =>
        Assert.Equal(expected, Subject.Matches($"{Searches}condition:\n  - a\n  - b", $"\"{present}\":1"));

    [Fact]
    public void Deep_nesting_is_refused_instead_of_overflowing_the_stack()
    {
        string condition = new string('(', 8000) + "a" + new string(')', 8000);
        Assert.Equal(RuleFaultReason.TooLarge, Subject.Fault(Subject.RuleWith($"a: {{a: 1}}\ncondition: '{condition}'")).Reason);
    }

    [Fact]
    public void A_condition_that_multiplies_a_large_search_identifier_is_refused()
    {
        string values = string.Join(", ", Enumerable.Range(0, 5_000));
        string condition = string.Join(" or ", Enumerable.Repeat("a", 20));
        Assert.Equal(RuleFaultReason.TooLarge, Subject.Fault(Subject.RuleWith($"a: {{a: [{values}]}}\ncondition: '{condition}'")).Reason);
    }

    [Fact]
    public void Many_negations_are_one_or_none() =>
        Assert.True(Subject.Matches("a: {a: 1}\ncondition: " + string.Concat(Enumerable.Repeat("not ", 4000)) + "a", "\"a\":1"));
}
