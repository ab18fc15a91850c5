using Ringwall.Contract;

namespace Ringwall.Bench.Sensor;

/// <summary>What a sensor was told, by kind. The bench makes events of programs and files with names of its own and counts those.</summary>
internal sealed class TellCount
{
    private ulong _starts;
    private ulong _exits;
    private ulong _created;
    private ulong _written;
    private ulong _renamed;
    private ulong _deleted;
    private ulong _all;
    private ulong _lost;
    private bool _lossWasGuessed;

    /// <summary>Counts one event. True: it is the start of the program whose start asks for the counts.</summary>
    public bool Take(in TellReader tell)
    {
        _all++;
        switch (tell.Kind)
        {
            case TellEventKind.Loss:
                _all--;
                _lost += tell.Lost;
                _lossWasGuessed |= !tell.LossIsExact;
                break;
            case TellEventKind.ProcessStart:
                _starts += tell.Actor.Executable.EndsWith("/storm-nop"u8) ? 1ul : 0;
                return tell.Actor.Executable.EndsWith("/storm-report"u8);
            case TellEventKind.ProcessExit:
                _exits += tell.Actor.Executable.EndsWith("/storm-nop"u8) ? 1ul : 0;
                break;
            case TellEventKind.FileCreated:
                _created += Mine(tell.Path);
                break;
            case TellEventKind.FileWritten:
                _written += Mine(tell.Path);
                break;
            case TellEventKind.FileRenamed:
                _renamed += Mine(tell.Path);
                break;
            case TellEventKind.FileDeleted:
                _deleted += Mine(tell.Path);
                break;
        }

        return false;
    }

    public override string ToString() =>
        $"starts={_starts} exits={_exits} created={_created} written={_written} renamed={_renamed} deleted={_deleted} all={_all} lost={_lost} guessed={(_lossWasGuessed ? 1 : 0)}";

    private static ulong Mine(ReadOnlySpan<byte> path) => path.IndexOf("/storm-files/"u8) >= 0 ? 1ul : 0;
}
