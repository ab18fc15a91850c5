namespace Ringwall.Rollouts;

/// <summary>
/// What the fleet showed in one stretch of time, as counts. The order in which the reports came is not in it, and so cannot matter.
/// </summary>
/// <remarks>
/// Arm and age follow from the published exposure alone, never from when a device installed: who sleeps, and who wakes first, is then the same in both arms.
/// A device counts once for each measure since the release began, in whichever arm it is then; one that crashes every day is used up by its first crash.
/// Devices that enrolled after the release started are in neither arm: while hardly anybody is left to let in they would be much of the control, and they are
/// new where the others are not. What they install, suffer and survive counts in the budget as for any other.
/// </remarks>
public sealed class EvidenceWindow
{
    public EvidenceWindow(int strata)
    {
        ControlAtRisk = new long[strata];
        ExposedAtRisk = new long[strata * Age.Classes];
        SoakingAtRisk = new long[strata];
        MaturedAtRisk = new long[strata];
        NewlyMatured = new int[strata];
        NewlyHarmed = new int[strata];
        HarmedLater = new int[strata];
        ControlHarmed = new int[strata];
    }

    /// <summary>When the window ends, in minutes.</summary>
    public long Minute { get; set; }

    /// <summary>Device minutes watched among devices not yet exposed, by stratum.</summary>
    public long[] ControlAtRisk { get; }

    /// <summary>Device minutes watched among exposed devices, by stratum × class of time since exposure.</summary>
    public long[] ExposedAtRisk { get; }

    /// <summary>Device minutes watched among devices that run the release and have neither matured nor been harmed, by stratum.</summary>
    public long[] SoakingAtRisk { get; }

    /// <summary>Device minutes watched among devices that matured and have stayed well, by stratum.</summary>
    public long[] MaturedAtRisk { get; }

    /// <summary>Devices that reported good health after their soak, for the first time. A device that showed a harm before it installed never matures.</summary>
    public int[] NewlyMatured { get; }

    /// <summary>Devices that run the release and showed their first harm before they matured.</summary>
    public int[] NewlyHarmed { get; }

    /// <summary>Devices that showed their first harm after they matured. They are no longer evidence of health.</summary>
    public int[] HarmedLater { get; }

    /// <summary>Devices not yet exposed that showed their first harm.</summary>
    public int[] ControlHarmed { get; }

    public List<Sighting> Sightings { get; } = [];

    /// <summary>Reports that should have come and that came, from devices not yet exposed.</summary>
    public long ControlReportsDue { get; set; }

    public long ControlReportsCame { get; set; }

    /// <summary>Reports set aside because their clock or content makes no sense, and all reports, from exposed devices.</summary>
    public long SetAside { get; set; }

    public long Reports { get; set; }

    public void Clear()
    {
        Array.Clear(ControlAtRisk);
        Array.Clear(ExposedAtRisk);
        Array.Clear(SoakingAtRisk);
        Array.Clear(MaturedAtRisk);
        Array.Clear(NewlyMatured);
        Array.Clear(NewlyHarmed);
        Array.Clear(HarmedLater);
        Array.Clear(ControlHarmed);
        Sightings.Clear();
        ControlReportsDue = ControlReportsCame = SetAside = Reports = 0;
    }
}
