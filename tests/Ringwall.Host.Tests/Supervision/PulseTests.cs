using Ringwall.Host.Supervision;

namespace Ringwall.Host.Tests.Supervision;

public sealed class PulseTests
{
    private readonly Pulse _pulse = new(every: TimeSpan.FromSeconds(5), patience: TimeSpan.FromSeconds(10));

    [Fact]
    public void A_question_is_due_after_each_pause_and_only_one_is_open()
    {
        Assert.False(_pulse.IsDue(TimeSpan.FromSeconds(4), out _));
        Assert.True(_pulse.IsDue(TimeSpan.FromSeconds(5), out ulong first));
        _pulse.Sent();
        Assert.False(_pulse.IsDue(TimeSpan.FromSeconds(6), out _));
        Assert.True(_pulse.Heard(first, TimeSpan.FromSeconds(7)));
        Assert.False(_pulse.IsDue(TimeSpan.FromSeconds(11), out _));
        Assert.True(_pulse.IsDue(TimeSpan.FromSeconds(12), out ulong second));
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void An_open_question_is_a_hang_after_the_patience()
    {
        Assert.True(_pulse.IsDue(TimeSpan.FromSeconds(5), out _));
        _pulse.Sent();
        Assert.False(_pulse.IsMissing(TimeSpan.FromSeconds(14), out _));
        Assert.True(_pulse.IsMissing(TimeSpan.FromSeconds(15), out TimeSpan waited));
        Assert.Equal(TimeSpan.FromSeconds(10), waited);
    }

    [Fact]
    public void A_question_that_could_not_be_sent_is_tried_again_and_counts_from_the_first_try()
    {
        Assert.True(_pulse.IsDue(TimeSpan.FromSeconds(5), out ulong first));
        Assert.True(_pulse.IsDue(TimeSpan.FromSeconds(6), out ulong again));
        Assert.Equal(first, again);
        Assert.True(_pulse.IsMissing(TimeSpan.FromSeconds(15), out _));
    }

    [Fact]
    public void Answers_that_nobody_asked_for_do_not_count()
    {
        Assert.False(_pulse.Heard(1, TimeSpan.FromSeconds(1)));
        Assert.True(_pulse.IsDue(TimeSpan.FromSeconds(5), out ulong token));

        // Before it was sent nobody can know the answer.
        Assert.False(_pulse.Heard(token, TimeSpan.FromSeconds(5)));
        _pulse.Sent();
        Assert.False(_pulse.Heard(token + 1, TimeSpan.FromSeconds(6)));
        Assert.True(_pulse.Heard(token, TimeSpan.FromSeconds(6)));
        Assert.False(_pulse.Heard(token, TimeSpan.FromSeconds(6)));
    }
}
