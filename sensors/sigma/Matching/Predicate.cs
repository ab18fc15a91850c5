using Ringwall.Sensors.Sigma.Language;

namespace Ringwall.Sensors.Sigma.Matching;

/// <summary>A rule's expression, ready to be asked of events.</summary>
internal abstract class Predicate
{
    public abstract bool Holds(SigmaEvent subject);

    public static Predicate For(Expression expression, FieldTable fields, GivenUpExpressions givenUp) => expression switch
    {
        Expression.All all => new AllOf([.. all.Parts.Select(part => For(part, fields, givenUp))]),
        Expression.Any any => new AnyOf([.. any.Parts.Select(part => For(part, fields, givenUp))]),
        Expression.Not not => new Negation(For(not.Part, fields, givenUp)),
        Expression.Test { Field: null } keyword => new AnyField(Matcher.For(keyword.Criterion, givenUp)),
        Expression.Test test => For(test.Criterion, fields.IdOf(test.Field), fields, givenUp),
        _ => throw new ArgumentException($"{expression} is of no known kind", nameof(expression)),
    };

    private static Predicate For(Criterion criterion, int field, FieldTable fields, GivenUpExpressions givenUp) => criterion switch
    {
        Criterion.IsNull => new FieldIsNull(field),
        Criterion.Exists exists => new FieldExists(field, exists.Wanted),
        Criterion.SameAs same => new FieldsAgree(field, fields.IdOf(same.OtherField), same),
        _ => new OneField(field, Matcher.For(criterion, givenUp)),
    };

    private sealed class AllOf(Predicate[] parts) : Predicate
    {
        public override bool Holds(SigmaEvent subject)
        {
            foreach (Predicate part in parts)
            {
                if (!part.Holds(subject))
                {
                    return false;
                }
            }

            return true;
        }
    }

    private sealed class AnyOf(Predicate[] parts) : Predicate
    {
        public override bool Holds(SigmaEvent subject)
        {
            foreach (Predicate part in parts)
            {
                if (part.Holds(subject))
                {
                    return true;
                }
            }

            return false;
        }
    }

    private sealed class Negation(Predicate part) : Predicate
    {
        public override bool Holds(SigmaEvent subject) => !part.Holds(subject);
    }

    private sealed class OneField(int field, Matcher matcher) : Predicate
    {
        public override bool Holds(SigmaEvent subject)
        {
            FieldText value = subject.Field(field);
            return value.HasText && matcher.Matches(value);
        }
    }

    private sealed class AnyField(Matcher matcher) : Predicate
    {
        public override bool Holds(SigmaEvent subject)
        {
            for (int i = 0; i < subject.FieldCount; i++)
            {
                FieldText value = subject.FieldAt(i);
                if (value.HasText && matcher.Matches(value))
                {
                    return true;
                }
            }

            return false;
        }
    }

    private sealed class FieldIsNull(int field) : Predicate
    {
        public override bool Holds(SigmaEvent subject) => !subject.Field(field).HasText;
    }

    private sealed class FieldExists(int field, bool wanted) : Predicate
    {
        public override bool Holds(SigmaEvent subject) => (subject.Field(field).State != FieldState.Absent) == wanted;
    }

    private sealed class FieldsAgree(int field, int other, Criterion.SameAs criterion) : Predicate
    {
        public override bool Holds(SigmaEvent subject)
        {
            FieldText left = subject.Field(field);
            FieldText right = subject.Field(other);
            if (!left.HasText || !right.HasText)
            {
                return false;
            }

            ReadOnlySpan<char> text = criterion.Cased ? left.Text : left.Folded;
            ReadOnlySpan<char> sought = criterion.Cased ? right.Text : right.Folded;
            return (criterion.OpenStart, criterion.OpenEnd) switch
            {
                (true, true) => text.IndexOf(sought, StringComparison.Ordinal) >= 0,
                (true, false) => text.EndsWith(sought, StringComparison.Ordinal),
                (false, true) => text.StartsWith(sought, StringComparison.Ordinal),
                _ => text.SequenceEqual(sought),
            };
        }
    }
}
