namespace Ringwall.Contract.Tests.Wire;

/// <summary>Reads a message and writes it again. Null: it says something that no writer of ours says.</summary>
internal static class Rewriting
{
    public static int? Write(string table, byte[] bytes, byte[] into)
    {
        switch (table)
        {
            case "Hello":
                HelloMessage.TryRead(bytes, out HelloMessage hello);
                return hello.Write(into);
            case "Welcome":
                WelcomeMessage.TryRead(bytes, out WelcomeMessage welcome);
                return welcome.Write(into);
            case "Ask":
                AskMessage.TryRead(bytes, out AskMessage ask);
                return ask.Write(into);
            case "Verdict":
                VerdictMessage.TryRead(bytes, out VerdictMessage verdict);
                return verdict.Write(into);
            case "Tells":
                TellBatch.TryRead(bytes, out TellBatch batch);
                TellBatchWriter events = new(into);
                foreach (ReadOnlySpan<byte> encoded in batch)
                {
                    Assert.True(events.TryAdd(encoded));
                }

                return events.Finish();
            case "Finding":
                FindingMessage.TryRead(bytes, out FindingMessage finding);

                // An actor that is empty is the same as none, but the record cannot say which it was.
                return finding.Write(into);
            case "Health":
                HealthMessage.TryRead(bytes, out HealthMessage health);
                return health.Write(into);
            case "HealthAsk":
                HealthAskMessage.TryRead(bytes, out HealthAskMessage healthAsk);
                return healthAsk.Write(into);
            case "Stop":
                StopMessage.TryRead(bytes, out StopMessage stop);
                return stop.Write(into);
            case "Request":
                RequestMessage.TryRead(bytes, out RequestMessage request);
                return request.Write(into);
            case "Outcome":
                OutcomeMessage.TryRead(bytes, out OutcomeMessage outcome);
                return outcome.Write(into);
            case "Event":
                return Tell(bytes, into);
            default:
                throw new ArgumentOutOfRangeException(nameof(table), table, "no such message");
        }
    }

    private static int? Tell(byte[] bytes, byte[] into)
    {
        TellReader.TryRead(bytes, out TellReader tell);
        bool halfConnect = tell.Address.IsEmpty && (tell.Port != 0 || tell.Transport != 0);
        bool halfLoss = tell.Lost == 0 && (tell.LossIsExact || tell.LossPlace != LossPlace.Unknown);
        if (halfConnect || halfLoss || !tell.Child.IsNone || tell.Kind == TellEventKind.ProcessFork)
        {
            return null;
        }

        TellWriter writer = new(into, tell.Kind, tell.Source, tell.Sequence, tell.Time);
        if (!tell.Actor.IsNone)
        {
            writer.Actor(in tell.Actor);
        }

        if (tell.ExitStatus != 0)
        {
            writer.ExitStatus(tell.ExitStatus);
        }

        if (!tell.Path.IsEmpty)
        {
            writer.Path(tell.Path);
        }

        if (!tell.NewPath.IsEmpty)
        {
            writer.NewPath(tell.NewPath);
        }

        writer.File(tell.Device, tell.Inode);
        if (!tell.Address.IsEmpty)
        {
            writer.Remote(tell.Address, tell.Port, tell.Transport);
        }

        if (tell.Lost > 0)
        {
            writer.Lost(tell.Lost, tell.LossIsExact, tell.LossPlace);
        }

        return writer.Finish();
    }
}
