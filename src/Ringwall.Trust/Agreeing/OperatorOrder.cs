using System.Security.Cryptography;
using System.Text;

namespace Ringwall.Trust;

/// <summary>
/// What the operator signs of a release: who may install it, and when. It is the "custom" part of the release's target in the director repository. Whether a device is among those who
/// may is worked out by the device from <see cref="Salt"/> and <see cref="ExposureOf"/>, by the rule of Ringwall.Rollouts.
/// </summary>
public sealed record OperatorOrder
{
    /// <summary>How many windows, pinned devices or approvals an order may list.</summary>
    public const int MostOthers = 1_024;

    private const int MostShares = 16_384;
    private const int UrgentApprovals = 2;

    /// <summary>What the membership rule mixes in: hexadecimal digits of 16 to 64 bytes, drawn when the rollout begins.</summary>
    public required string Salt { get; init; }

    /// <summary>When the rollout began: devices that joined later stand behind (specification of the rollout rules).</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>A ring and cell that is not listed has an exposure of 0.</summary>
    public required IReadOnlyList<ExposureShare> Exposure { get; init; }

    /// <summary>None: at any time.</summary>
    public IReadOnlyList<InstallWindow> Windows { get; init; } = [];

    /// <summary>Devices that stay at what they have, as <see cref="PinOf"/> writes them: they do not take this release, whatever their ring's exposure. Whoever reads the file learns how many, and not which.</summary>
    public IReadOnlyList<string> Pinned { get; init; } = [];

    public IReadOnlyList<Approval> Approvals { get; init; } = [];

    /// <summary>Soaks shorter. It needs two people's approval, and skips no ring.</summary>
    public bool IsUrgent { get; init; }

    /// <summary>Nobody installs it now: a freeze, or a person's pause. Whoever has it keeps it.</summary>
    public bool IsHeld { get; init; }

    /// <summary>It harms: nobody installs it, and whoever has it returns to the fallback generation by itself, at once. It is for good.</summary>
    public bool IsWithdrawn { get; init; }

    /// <summary>The release that this one leads away from: only devices that had that one installed take it. Null for every other release.</summary>
    public string? WayBackFrom { get; init; }

    /// <summary>The share of a ring and cell that may install it, 0 to 1.</summary>
    public double ExposureOf(string ring, string cell) => Exposure.FirstOrDefault(share => share.Ring == ring && share.Cell == cell)?.Exposure ?? 0;

    public bool IsPinned(string device) => Pinned.Contains(PinOf(Salt, device), StringComparer.Ordinal);

    /// <summary>How a device is named among <see cref="Pinned"/>: SHA-256 over the salt as it is written, a colon and the device's name, in hexadecimal.</summary>
    public static string PinOf(string salt, string device) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{salt}:{device}")));

    /// <summary>Whether a device may install it at this time; a ring for which there is no window always may.</summary>
    /// <param name="now">The time.</param>
    /// <param name="ring">The device's ring: windows of other rings do not concern it.</param>
    public bool IsOpen(DateTimeOffset now, string ring = "")
    {
        InstallWindow[] mine = [.. Windows.Where(window => window.Ring is null || window.Ring == ring)];
        return mine.Length == 0 || mine.Any(window => window.Contains(now));
    }

    /// <summary>What goes into <see cref="TargetFile.Custom"/>.</summary>
    public MetaValue.Map Describe() => MetaValue.Map.Empty
        .With("salt", MetaValue.Of(Salt))
        .With("started", MetaFields.OfInstant(StartedAt))
        .With("exposure", MetaValue.Of(Exposure.Select(share => share.Describe())))
        .With("windows", MetaValue.Of(Windows.Select(window => window.Describe())))
        .With("pinned", MetaValue.Of(Pinned))
        .With("approvals", MetaValue.Of(Approvals.Select(approval => approval.Describe())))
        .With("urgent", MetaValue.Of(IsUrgent))
        .With("held", IsHeld ? MetaValue.Of(true) : null)
        .With("withdrawn", IsWithdrawn ? MetaValue.Of(true) : null)
        .With("way-back-from", WayBackFrom is null ? null : MetaValue.Of(WayBackFrom));

    /// <exception cref="UpdateRejectedException">Malformed, or urgent without two approvals.</exception>
    public static OperatorOrder Read(MetaValue.Map custom)
    {
        OperatorOrder order = new()
        {
            Salt = custom.Text("salt", 128),
            StartedAt = custom.Instant("started"),
            Exposure = [.. custom.List("exposure", MostShares).Select(share => ExposureShare.Read(share.AsMap("exposure")))],
            Windows = [.. custom.List("windows", MostOthers).Select(window => InstallWindow.Read(window.AsMap("windows")))],
            Pinned = [.. custom.List("pinned", MostOthers).Select(device => device.AsText("pinned", 128))],
            Approvals = [.. custom.List("approvals", MostOthers).Select(approval => Approval.Read(approval.AsMap("approvals")))],
            IsUrgent = custom.FlagOr("urgent", otherwise: false),
            IsHeld = custom.FlagOr("held", otherwise: false),
            IsWithdrawn = custom.FlagOr("withdrawn", otherwise: false),
            WayBackFrom = custom.Fields.ContainsKey("way-back-from") ? ReleasePath.Read(custom.Text("way-back-from")).Text : null,
        };

        if (order.Salt.Length < 32 || order.Salt.Length % 2 != 0 || !Hex.IsLower(order.Salt))
        {
            UpdateRejectedException.Throw(RejectionReason.Malformed, "'salt' is no hexadecimal digits of 16 to 64 bytes");
        }

        // Of two shares for one ring and cell, which one counts would be a matter of taste.
        if (order.Exposure.DistinctBy(share => (share.Ring, share.Cell)).Count() != order.Exposure.Count)
        {
            UpdateRejectedException.Throw(RejectionReason.Malformed, "'exposure' has a ring and cell twice");
        }

        if (order.IsUrgent && order.Approvals.DistinctBy(approval => approval.By).Count() < UrgentApprovals)
        {
            UpdateRejectedException.Throw(RejectionReason.TooFewApprovals, $"an urgent release needs the approval of {UrgentApprovals} people");
        }

        return order;
    }
}
