using System.Text;
using Ringwall.Host.Journal;

namespace Ringwall.Host.Tests.Journal;

public sealed class JournalFrameTests
{
    [Fact]
    public void A_frame_is_read_as_it_was_written()
    {
        byte[] bytes = new byte[JournalFrame.LongestFrame];
        byte[] longest = new byte[JournalFrame.LongestPayload];
        Random.Shared.NextBytes(longest);
        foreach (byte[] payload in (byte[][])[[], [7], Encoding.UTF8.GetBytes("something that happened"), longest])
        {
            int length = JournalFrame.Write(bytes, JournalRecordKind.Ask, -5, payload);
            Assert.Equal(FrameOutcome.Whole, JournalFrame.Read(bytes, out JournalRecord read, out int measured));
            Assert.Equal(length, measured);
            Assert.Equal((JournalRecordKind.Ask, -5L), (read.Kind, read.TimeNs));
            Assert.Equal(payload, read.Payload.ToArray());
        }

        Assert.Throws<ArgumentException>(() => JournalFrame.Write(new byte[JournalFrame.LongestFrame + 1], JournalRecordKind.Tell, 0, new byte[JournalFrame.LongestPayload + 1]));
    }

    [Fact]
    public void A_frame_that_is_cut_anywhere_is_short_and_one_that_is_changed_anywhere_is_never_taken()
    {
        byte[] frame = Frame("a path that somebody opened");
        Assert.Equal(FrameOutcome.Whole, JournalFrame.Read(frame, out _, out _));      // the control
        for (int length = 0; length < frame.Length; length++)
        {
            Assert.Equal(FrameOutcome.Short, JournalFrame.Read(frame.AsSpan(0, length), out _, out _));
        }

        for (int bit = 0; bit < frame.Length * 8; bit++)
        {
            byte[] changed = [.. frame, .. new byte[64]];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotEqual(FrameOutcome.Whole, JournalFrame.Read(changed, out _, out int length));
            Assert.Equal(0, length);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void No_rubbish_is_a_frame_and_none_is_read_past_its_end(int seed)
    {
        Random random = new(seed);
        int shorts = 0, broken = 0;
        for (int i = 0; i < 50_000; i++)
        {
            byte[] rubbish = new byte[random.Next(120)];
            random.NextBytes(rubbish);
            if (rubbish.Length >= 4 && random.Next(2) == 0)
            {
                // A length that could be one.
                BitConverter.TryWriteBytes(rubbish, random.Next(100));
            }

            FrameOutcome outcome = JournalFrame.Read(rubbish, out JournalRecord record, out int length);
            Assert.True(outcome != FrameOutcome.Whole && length == 0 && record.Payload.IsEmpty, $"seed {seed}, round {i}");
            shorts += outcome == FrameOutcome.Short ? 1 : 0;
            broken += outcome == FrameOutcome.Broken ? 1 : 0;
        }

        Assert.True(shorts > 1000 && broken > 1000, "one outcome was never met, so this run proved nothing");
        Assert.Equal(FrameOutcome.Broken, JournalFrame.Read(new byte[4096], out _, out _));
    }

    [Fact]
    public void A_segments_head_is_read_as_it_was_written_and_not_when_anything_in_it_changed()
    {
        byte[] head = new byte[JournalFrame.SegmentHeadBytes];
        JournalFrame.WriteSegmentHead(head, 0x0123_4567_89ab_cdef, 42);
        Assert.True(JournalFrame.TryReadSegmentHead(head, out ulong run, out long created));
        Assert.Equal((0x0123_4567_89ab_cdefUL, 42L), (run, created));
        for (int bit = 0; bit < head.Length * 8; bit++)
        {
            byte[] changed = [.. head];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(JournalFrame.TryReadSegmentHead(changed, out _, out _));
        }

        Assert.False(JournalFrame.TryReadSegmentHead(head.AsSpan(0, head.Length - 1), out _, out _));
    }

    private static byte[] Frame(string payload)
    {
        byte[] bytes = new byte[JournalFrame.HeadBytes + payload.Length];
        JournalFrame.Write(bytes, JournalRecordKind.Tell, 1234, Encoding.UTF8.GetBytes(payload));
        return bytes;
    }
}
