// Owns:     nothing; the store and the crew are the host's.
// Threads:  any. An installation keeps its caller as long as the disk takes.
// Ordering: the store first; who runs follows from it, on the succession thread.

using Microsoft.Win32.SafeHandles;
using Ringwall.Host.Control;
using Ringwall.Host.Generations.Store;
using Ringwall.Host.Generations.Succession;
using Ringwall.Host.Supervision;
using Ringwall.Kernel;
using Ringwall.Kernel.Files;
using Ringwall.Wire;
using Ringwall.Wire.Packages;
using Ringwall.Wire.Status;

namespace Ringwall.Host.Running;

/// <summary>An operator's orders about generations, carried out on store and crew.</summary>
/// <param name="store">Null when the disk refused it at the start.</param>
/// <param name="crew">Whoever runs them.</param>
/// <param name="say">Where the host notes what no caller hears.</param>
internal sealed class GenerationOrders(GenerationStore? store, SensorCrew crew, Action<string> say) : IGenerations
{
    public IReadOnlyList<GenerationLine>? List(string? sensor)
    {
        string[] names = [.. store?.Sensors ?? []];
        if (sensor is not null && !names.Contains(sensor))
        {
            return null;
        }

        return [.. names.Where(name => sensor is null || name == sensor).Order(StringComparer.Ordinal).SelectMany(name => store!.Of(name)).Select(Line)];
    }

    public GenerationOrder Install(string path, string? sensor) => InStore(path, store =>
    {
        using FileStream package = Open(path);
        Generation made = store.Install(package, sensor, out bool isNew);
        if (!isNew)
        {
            return GenerationOrder.Taken($"{made.Sensor} {made.Number} is this very release, and was installed before", Line(made));
        }

        crew.Of(made.Sensor)?.Begin(made);
        CleanUp(store);
        return GenerationOrder.Taken($"{made.Sensor} {made.Number} is installed: release {made.Version}, engine {made.EngineVersion}{(made.ContentVersion.Length > 0 ? $", content {made.ContentVersion}" : "")}", Line(made));
    });

    public GenerationOrder Promote(string sensor, long? number) => InStore(sensor, store =>
    {
        IReadOnlyList<Generation> all = Known(store, sensor);
        Generation? chosen = number is null ? all.LastOrDefault(one => one.State == GenerationState.Waiting) : all.FirstOrDefault(one => one.Number == number);
        if (chosen is null)
        {
            return NotDone(
                number is null ? sensor : $"{sensor} {number}",
                number is null ? "no generation waits" : "there is no such generation",
                $"`ringwall generations {sensor}` lists those that are");
        }

        if (store.Pinned(sensor) is { } pinned && pinned != chosen.Number)
        {
            return NotDone($"{sensor} {chosen.Number}", $"{sensor} is pinned to generation {pinned}", $"`ringwall pin {sensor} --off` lets it go");
        }

        if (chosen.State == GenerationState.InService)
        {
            return GenerationOrder.Taken($"{sensor} {chosen.Number} is in service already", Line(chosen));
        }

        if (chosen.State == GenerationState.Refused)
        {
            store.Forgive(sensor, chosen.Number);
            chosen = store.Of(sensor).First(one => one.Number == chosen.Number);
        }

        if (crew.Of(sensor) is { } running)
        {
            running.Promote(chosen);
        }
        else
        {
            store.Promote(sensor, chosen.Number);
        }

        return GenerationOrder.Taken($"{sensor} {chosen.Number} goes into service as soon as it is at work{(chosen.Passed ? "" : " and has passed its trial, if it has to")}", Line(chosen));
    });

    public GenerationOrder RollBack(string sensor, int byUid) => InStore(sensor, store =>
    {
        Known(store, sensor);
        if (store.InService(sensor) is not { } served || store.Fallback(sensor) is not { } before)
        {
            return NotDone(sensor, "there is no generation to return to", $"`ringwall generations {sensor}` lists those that are");
        }

        string why = $"user {byUid} rolled it back";
        if (crew.Of(sensor) is { } running)
        {
            running.FallBack(served.Number, FallbackCause.Order, why);
        }
        else
        {
            store.FallBack(sensor, why);
        }

        return GenerationOrder.Taken($"{sensor} returns to generation {before.Number}; {served.Number} is refused from now on", Line(before));
    });

    public GenerationOrder Pin(string sensor, long? number) => InStore(sensor, store =>
    {
        Known(store, sensor);
        store.Pin(sensor, number);
        return GenerationOrder.Taken(
            number is { } one ? $"{sensor} stays at generation {one} until `ringwall pin {sensor} --off`" : $"{sensor} is not pinned any more",
            store.InService(sensor) is { } served ? Line(served) : null);
    });

    private static GenerationLine Line(Generation of) => new()
    {
        Sensor = of.Sensor,
        Number = of.Number,
        State = of.State switch
        {
            GenerationState.Waiting => "waiting",
            GenerationState.InService => "in service",
            GenerationState.Fallback => "fallback",
            GenerationState.Refused => "refused",
            _ => "kept",
        },
        Version = of.Version,
        Vendor = of.Vendor,
        Engine = of.EngineVersion,
        Content = of.ContentVersion,
        Bytes = of.Bytes,
        Installed = of.Installed,
        Passed = of.Passed,
        Pinned = of.Pinned,
        Why = of.Why,
    };

    private static IReadOnlyList<Generation> Known(GenerationStore store, string sensor) => store.Sensors.Contains(sensor) ? store.Of(sensor) : throw new StoreException(
        StoreFault.NotConfigured, sensor, "there is no such sensor", "name one that `ringwall sensors` lists");

    // A stranger may have put anything there: nothing is opened that could keep us waiting, and no more is read than a package may have.
    private static FileStream Open(string path)
    {
        using SafeFileHandle? held = LocalPath.TryHold(path, out string refusal);
        if (held is null || !OpenFile.TryStat((int)held.DangerousGetHandle(), out FileState state))
        {
            throw new StoreException(StoreFault.Unreadable, path, refusal.Length > 0 ? refusal.Replace($"{path}: ", "", StringComparison.Ordinal) : "it cannot be looked at", "name the package's file");
        }

        if (!state.IsRegular || state.Identity.Size > PackageLimits.PackageBytes)
        {
            throw new StoreException(
                StoreFault.Unreadable, path, state.IsRegular ? $"it has {state.Identity.Size:N0} bytes, and a package at most {PackageLimits.PackageBytes:N0}" : "it is no file", "name the package's file");
        }

        SafeFileHandle file = LocalPath.OpenForReading(held);
        return new FileStream(file, FileAccess.Read, bufferSize: 64 * 1024);
    }

    private static GenerationOrder NotDone(string thing, string reason, string remedy) => GenerationOrder.Refused(ExitCode.NotDone, thing, reason, remedy);

    private GenerationOrder InStore(string thing, Func<GenerationStore, GenerationOrder> order)
    {
        if (store is null)
        {
            return NotDone(thing, "the store of generations could not be opened when the host started", "`ringwall status` has the reason; start the host again when it is mended");
        }

        try
        {
            return order(store);
        }
        catch (StoreException refused)
        {
            return GenerationOrder.Refused(refused.Fault <= StoreFault.Engine ? ExitCode.Usage : ExitCode.NotDone, refused.Thing, refused.Reason, refused.Remedy);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or KernelException)
        {
            return NotDone(thing, refused.Message.TrimEnd('.'), $"nothing was changed; look at the disk of {store.Folder}");
        }
    }

    private void CleanUp(GenerationStore from)
    {
        try
        {
            from.CleanUp();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            say($"old generations could not be removed: {refused.Message}");
        }
    }
}
