using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Ringwall.Host.Decide;
using Ringwall.Host.Decide.Guardrails;
using Ringwall.Kernel.Files;
using Ringwall.Wire.Status;

namespace Ringwall.Host.Running;

/// <summary>What the control socket shows of the protected set.</summary>
internal static class ProtectionView
{
    public static ProtectionFigures Figures(AskParts asks)
    {
        ProtectedSet set = asks.Context.Protected;
        return new ProtectionFigures(
            set.Table.Files, set.Table.Trees, set.Packages.Index.Files, set.Packages.Index.Packages.Count, asks.Loop.Counters[AskCounters.Answer.Advisory]);
    }

    /// <param name="path">Absolute.</param>
    /// <param name="asks">The set, and Ringwall's own files.</param>
    /// <param name="isOn">Whether there is a protected set.</param>
    public static ProtectionLine Of(string path, AskParts asks, bool isOn)
    {
        using SafeFileHandle? held = LocalPath.TryHold(path, out string refusal);
        if (held is null || !OpenFile.TryStat((int)held.DangerousGetHandle(), out FileState file))
        {
            return Not(path, refusal);
        }

        if (!file.IsRegular)
        {
            return Not(path, "only regular files are asked about");
        }

        if (asks.Context.IsOwnFile(file.Identity))
        {
            return new ProtectionLine
            {
                Path = path,
                Protected = true,
                Kind = Word(ProtectionKind.Ringwall),
                Because = "it is one of Ringwall's own files, which no sensor is asked about",
            };
        }

        if (!isOn)
        {
            return Not(path, "the protected set is switched off (withoutGuards)");
        }

        try
        {
            using SafeFileHandle open = LocalPath.OpenForReading(held);
            ProtectedSet set = asks.Context.Protected;
            return set.Look((int)open.DangerousGetHandle()) is { } why
                ? new ProtectionLine { Path = path, Protected = true, Kind = Word(why.Kind), Because = why.Why }
                : Not(path, WhyNot(set, (int)open.DangerousGetHandle(), file));
        }
        catch (Kernel.KernelException unreadable)
        {
            return Not(path, $"it cannot be read: {unreadable.Message}");
        }
    }

    private static string WhyNot(ProtectedSet set, int descriptor, in FileState file)
    {
        byte[] path = new byte[OpenFile.LongestPath];
        path = path[..OpenFile.TryReadPath(descriptor, path)];
        if (set.Table.Excepts(path))
        {
            return "it is not protected: the configuration takes it out (protect.remove)";
        }

        if (!file.OnlyRootMayWrite)
        {
            return "it is not protected: others than root can write it";
        }

        string owners = string.Join(", ", set.Packages.Index.OwnersOf(path));
        return owners.Length == 0 ? "it is not protected: it is none of the system's files, and no installed package has a digest for it"
            : (long)file.Identity.Size > FileDigest.LongestBytes ? $"it is not protected: package {owners} owns it, but it is too long to be compared"
            : $"it is not protected: package {owners} owns it, but its content is not what the package came with";
    }

    private static ProtectionLine Not(string path, string because) => new() { Path = path, Protected = false, Because = because };

    private static string Word(ProtectionKind kind) => JsonNamingPolicy.KebabCaseLower.ConvertName(kind.ToString());
}
