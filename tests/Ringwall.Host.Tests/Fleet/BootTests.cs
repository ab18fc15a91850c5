using Ringwall.Host.Fleet;
using Ringwall.Wire.Fleet;

namespace Ringwall.Host.Tests.Fleet;

/// <summary>A boot that broke off soon after a release went into service.</summary>
public sealed class BootTests : IDisposable
{
    private readonly FleetAtWork _at = new();

    public void Dispose() => _at.Dispose();

    [Fact]
    public void A_boot_that_breaks_off_soon_after_a_release_went_into_service_is_told_as_its_harm_once()
    {
        _at.Begin();
        NextBoot();
        HarmReport harm = Assert.Single(_at.Report().Report.Harms);
        Assert.Equal((HarmMeasure.BootRecovery, FleetAtWork.Engine), (harm.Measure, harm.Release));
        Assert.Equal(_at.Boot, _at.Report().Report.Boot);
        Assert.Contains(_at.Said, said => said.Contains("broke off", StringComparison.Ordinal));

        // The next host of the same boot tells nothing new.
        _at.StartAgain();
        Assert.Single(_at.Report().Report.Harms);

        // And one that breaks off again is another.
        NextBoot();
        Assert.Equal(2, _at.Report().Report.Harms.Count);
    }

    [Fact]
    public void A_host_that_dies_and_comes_back_in_the_same_boot_is_no_broken_boot()
    {
        _at.Begin();
        _at.StartAgain();
        _at.StartAgain();
        Assert.Empty(_at.Report().Report.Harms);
    }

    [Fact]
    public void A_boot_whose_host_was_told_to_end_did_not_break_off()
    {
        _at.Begin();
        _at.Desk.End();
        NextBoot();
        Assert.Empty(_at.Report().Report.Harms);

        // The control: this boot's host is not told to.
        NextBoot();
        Assert.Single(_at.Report().Report.Harms);
    }

    [Fact]
    public void A_release_that_has_served_for_long_is_not_to_blame_whether_or_not_an_agent_asked()
    {
        _at.Begin();
        for (int minute = 0; minute <= FleetDesk.YoungFor.TotalMinutes; minute++)
        {
            _at.Clock.Advance(TimeSpan.FromMinutes(1));
            _at.Desk.Tick();
        }

        NextBoot();
        Assert.Empty(_at.Report().Report.Harms);
    }

    [Fact]
    public void A_boot_is_forgotten_only_when_what_came_of_it_is_on_the_disk()
    {
        _at.Begin();
        string folder = Path.Combine(_at.Configuration.StateDirectory, "fleet");
        Assert.Equal(_at.Boot, Kept());
        string before = _at.Boot;
        BootWatch.Begin(folder, new string('c', 32), () => false);
        Assert.Equal(before, Kept());
        BootWatch.Begin(folder, new string('c', 32), () => true);
        Assert.NotEqual(before, Kept());

        string Kept() => System.Text.Json.JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, BootWatch.Name))).RootElement.GetProperty("boot").GetString()!;
    }

    [Fact]
    public void Without_a_boot_s_identity_nothing_is_concluded()
    {
        _at.Begin();
        _at.Boot = new string('0', 32);
        _at.StartAgain();
        Assert.Empty(_at.Report().Report.Harms);
    }

    private void NextBoot()
    {
        _at.Boot = Convert.ToHexStringLower(Guid.NewGuid().ToByteArray());
        _at.StartAgain();
    }
}
