using System.Collections.Concurrent;
using System.Text;
using Ringwall.Contract;
using Ringwall.Host.Decide;
using Ringwall.Host.Review;
using Ringwall.Host.Tests.Asks;

namespace Ringwall.Host.Tests.Review;

/// <summary>Whoever looks afterwards sees what was asked and answered, on the real kernel.</summary>
[Collection("kernel")]
public sealed class ReviewTests
{
    [Fact]
    public void Each_answered_ask_is_shown_with_its_file_open()
    {
        using TestMount mount = TestMount.Tmpfs();
        string good = mount.Write("good", "harmless");
        string bad = mount.Write("bad", "evil");
        using Guard guard = new(mount);
        guard.Seat("one", seen => seen.Head == "evil" ? Said.Deny : Said.Allow);
        using ReviewThread review = guard.Review();
        Notes notes = new();
        review.Add(notes);

        Assert.Equal("ok", Hand.Do("open", good));
        Assert.Equal("error 1", Hand.Do("open", bad));
        guard.Await(() => notes.Lines.Count == 2, "both are shown");
        Assert.Equal([$"{good} Allow/Allow Sensors by nobody: harmless", $"{bad} Deny/Deny Sensors by one: evil"], notes.Lines);

        // The control: nobody who was taken away is called.
        review.Remove(notes);
        Assert.Equal("ok", Hand.Do("open", good));
        Assert.Equal(2, notes.Lines.Count);
        Assert.Equal(0, review.Faults);
    }

    [Fact]
    public void What_the_deadline_answered_is_shown_as_that()
    {
        using TestMount mount = TestMount.Tmpfs();
        string file = mount.Write("file", "x");
        using Guard guard = new(mount, Guard.Both(Fallback.Closed, 150));
        guard.Seat("silent", _ => null);
        using ReviewThread review = guard.Review();
        Notes notes = new();
        review.Add(notes);

        Assert.Equal("error 1", Hand.Do("open", file));
        guard.Await(() => notes.Lines.Count == 1, "it is shown");
        Assert.Equal($"{file} Deny/None Deadline by nobody: x", notes.Lines.Single());
    }

    [Fact]
    public void More_than_fits_is_counted_and_no_descriptor_stays_open()
    {
        ReviewRing ring = new() { IsWanted = true, Wish = DescriptorWish.All };
        byte[] path = Encoding.UTF8.GetBytes("/" + new string('x', 999));
        int taken = 0;
        for (int i = 0; i < 2_000; i++)
        {
            taken += PutWithDescriptor(ring, path) ? 1 : 0;
        }

        Assert.Equal(128, taken);
        Assert.Equal(2_000 - (512 * 1024 / 1000), ring.Dropped);
        int shown = ring.Take(new byte[8192], (in ReviewedAsk ask) => Assert.True(ask.Path.SequenceEqual(path)));
        Assert.Equal(2_000 - ring.Dropped, shown);

        // There is room again, for descriptors too.
        Assert.True(PutWithDescriptor(ring, path));
        Assert.Equal(1, ring.Take(new byte[8192], (in ReviewedAsk _) => { }));
    }

    // Whether the ring took the descriptor, and will close it.
    private static bool PutWithDescriptor(ReviewRing ring, byte[] path)
    {
        using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle("/dev/null");
        bool taken = ring.Put(Ask(path, (int)file.DangerousGetHandle()));
        if (taken)
        {
            file.SetHandleAsInvalid();
        }

        return taken;
    }

    private static ReviewedAsk Ask(byte[] path, int descriptor) => new()
    {
        Ticket = 1,
        Class = EventClass.Open,
        File = default,
        Pid = 1,
        Path = path,
        Applied = Verdict.Allow,
        Reason = DecisionReason.Sensors,
        AskedNs = 0,
        TookNs = 0,
        Descriptor = descriptor,
    };

    private sealed class Notes : IReviewer
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public DescriptorWish Wish => DescriptorWish.All;

        public void Review(in ReviewedAsk ask)
        {
            byte[] head = new byte[32];
            using Microsoft.Win32.SafeHandles.SafeFileHandle file = new(ask.Descriptor, ownsHandle: false);
            int read = RandomAccess.Read(file, head, 0);
            Lines.Enqueue(
                $"{Encoding.UTF8.GetString(ask.Path)} {ask.Applied}/{ask.Judged} {ask.Reason} by {ask.DecidedBy?.Name ?? "nobody"}: {Encoding.UTF8.GetString(head, 0, read)}");
        }
    }
}
