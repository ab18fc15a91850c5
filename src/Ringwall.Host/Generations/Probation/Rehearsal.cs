using Ringwall.Contract;
using Ringwall.Host.Generations.Probation.Synthetic;
using Ringwall.Host.Generations.Shadows;

namespace Ringwall.Host.Generations.Probation;

// Owns:     the files and messages that it shows, for as long as it shows them.
// Threads:  the probation's own.

/// <summary>Shows a candidate what is not live: events that did not happen, the protected set, and what happened before.</summary>
internal sealed class Rehearsal(ProbationContext context, IShadow candidate, CandidateAsks asks, ProbationLedger ledger, IGoingOn run)
{
    private const int TellsInABatch = 8;
    private const int RecentAsksMost = 500;
    private const int RecentTellsMost = 2000;
    private const int ProtectedMost = 2000;
    private static readonly TimeSpan BetweenSends = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan RoomPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(15);

    private readonly byte[] _message = new byte[Protocol.MaxMessageBytes];

    /// <summary>Lets asks and batches through.</summary>
    public required Pace Pace { get; init; }

    /// <summary>Of the synthetic events.</summary>
    public required int Seed { get; init; }

    /// <summary>What the generation in service said, from what all said.</summary>
    public required Func<Verdict, string?, EventClass, Verdict> Current { get; init; }

    /// <summary>Hears why a part has nothing to show.</summary>
    public required Action<string> Skip { get; init; }

    /// <summary>Events that did not happen. False, as everywhere here: it is over.</summary>
    public bool Synthetic()
    {
        using SyntheticFiles files = new(context.Folder, Seed);
        foreach (SyntheticAsk ask in SyntheticEvents.Asks(Seed))
        {
            if (!asks.Takes(ask.Class))
            {
                continue;
            }

            PendingAsk pending = new() { Stage = ProbationStage.Synthetic, Class = ask.Class, Says = ask.Says, MayBeLate = ask.MayBeLate };
            if (!AwaitTurn() || !Send(pending, (ticket, deadline) => ask.Message(ticket, (ulong)deadline), files.Descriptor(ask.File)))
            {
                return false;
            }
        }

        return Tell(ProbationStage.Synthetic, [.. SyntheticEvents.Tells(Seed).Where(tell => (candidate.Tells & tell.Source) != 0).Select(tell => (tell.Event, tell.Says))])
            && AwaitEnds();
    }

    /// <summary>The very files whose denial would do the most harm.</summary>
    public bool Protected()
    {
        if (context.Protected is not { } set)
        {
            Skip("nothing is protected");
            return true;
        }

        foreach (string path in set.Paths.Take(ProtectedMost))
        {
            using OpenedFile? file = OpenedFile.TryOpen(path);
            string? why = file is null ? null : set.Why(file.State, file.Path);
            foreach (EventClass of in new[] { EventClass.Exec, EventClass.Open })
            {
                if (file is null || why is null || !asks.Takes(of))
                {
                    continue;
                }

                PendingAsk pending = new()
                {
                    Stage = ProbationStage.Protected,
                    Class = of,
                    Says = LiveAsk.Says(file.Path),
                    File = LiveAsk.KeyOf(file.State),
                    Protected = why,
                    MayBeLate = file.State.Identity.Size > LiveAsk.LargeFile,
                };
                if (!AwaitTurn() || !Send(pending, (ticket, deadline) => LiveAsk.OfInit(file, of, ticket, deadline), file.Descriptor))
                {
                    return false;
                }
            }
        }

        return AwaitEnds();
    }

    /// <summary>What happened of late.</summary>
    public bool Journal()
    {
        if (context.Recent is not { } recent)
        {
            Skip("no journal is kept");
            return true;
        }

        foreach (RecentAsk was in recent.Asks(RecentAsksMost))
        {
            if (!AskMessage.TryRead(was.Message, out AskMessage ask) || !asks.Takes(ask.Class))
            {
                continue;
            }

            using OpenedFile? file = OpenedFile.TryOpen(ask.Path);
            if (file is null || !file.IsStill(ask, was.ChangedNs))
            {
                ledger.PassedOver(ProbationStage.Journal);
                continue;
            }

            PendingAsk pending = new()
            {
                Stage = ProbationStage.Journal,
                Class = ask.Class,
                Says = LiveAsk.Says(ask.Path),
                File = LiveAsk.KeyOf(file.State),
                Current = Current(was.Judged, was.DeniedBy, ask.Class),
                Protected = context.Protected?.Why(file.State, ask.Path),
                MayBeLate = file.State.Identity.Size > LiveAsk.LargeFile,
            };
            if (!AwaitTurn() || !Send(pending, (ticket, deadline) => LiveAsk.Again(was.Message, ticket, deadline), file.Descriptor))
            {
                return false;
            }
        }

        List<(byte[], string)> tells = [];
        foreach (byte[] tell in recent.Tells(RecentTellsMost))
        {
            if (TellReader.TryRead(tell, out TellReader read) && (candidate.Tells & read.Source) != 0)
            {
                tells.Add((tell, $"{read.Kind} of the journal"));
            }
        }

        return Tell(ProbationStage.Journal, tells) && AwaitEnds();
    }

    private bool Tell(ProbationStage stage, List<(byte[] Event, string Says)> tells)
    {
        for (int at = 0; at < tells.Count;)
        {
            TellBatchWriter batch = new(_message);
            int first = at;
            while (at < tells.Count && batch.Count < TellsInABatch && batch.TryAdd(tells[at].Event))
            {
                at++;
            }

            int count = batch.Count;
            int length = batch.Finish();
            if (!AwaitTurn())
            {
                return false;
            }

            ledger.Told(stage, count, $"{tells[first].Says} … {tells[at - 1].Says}");
            if (SendPatiently(() => candidate.TryTell(_message.AsSpan(0, length), count)) is null)
            {
                return false;
            }
        }

        return true;
    }

    // False: it is over.
    private bool Send(PendingAsk pending, Func<ulong, long, byte[]> message, int descriptor) => SendPatiently(() =>
    {
        ulong ticket = asks.NextTicket();
        long deadline = asks.DeadlineOf(pending);
        return asks.TryAsk(pending, ticket, message(ticket, deadline), deadline, descriptor);
    }) switch
    {
        null => false,
        ShadowSend.Sent => true,
        _ => PassOver(pending.Stage),
    };

    private bool PassOver(ProbationStage stage)
    {
        ledger.PassedOver(stage);
        return true;
    }

    // Null: it is over.
    private ShadowSend? SendPatiently(Func<ShadowSend> send)
    {
        for (TimeSpan until = run.Now + RoomPatience; ;)
        {
            ShadowSend sent = send();
            if (sent != ShadowSend.Full || run.Now >= until)
            {
                return sent;
            }

            if (run.IsOver())
            {
                return null;
            }

            run.Await(BetweenSends);
        }
    }

    private bool AwaitTurn()
    {
        while (!run.IsOver())
        {
            if (asks.HasRoom && Pace.TryTake())
            {
                return true;
            }

            run.Await(BetweenSends);
        }

        return false;
    }

    // So that what follows is not blamed for what was before.
    private bool AwaitEnds()
    {
        for (TimeSpan until = run.Now + EndPatience; ledger.Open > 0 && run.Now < until; run.Await(BetweenSends))
        {
            if (run.IsOver())
            {
                return false;
            }
        }

        return !run.IsOver();
    }
}
