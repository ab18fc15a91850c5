using System.Diagnostics.Metrics;

namespace Ringwall.Server.Health;

/// <summary>What intake and view count.</summary>
internal sealed class HealthMeter(IMeterFactory factory, ReportIntake intake, FleetView view)
{
    /// <summary>Publishes the figures for as long as the server lives.</summary>
    public void Observe()
    {
        Meter meter = factory.Create("Ringwall.Server.Health");
        meter.CreateObservableCounter("ringwall.reports.stored", () => intake.Stored, unit: "{report}", description: "Reports that were stored and acknowledged.");
        meter.CreateObservableCounter("ringwall.report.groups", () => intake.Groups, unit: "{transaction}", description: "Transactions that stored them.");
        meter.CreateObservableCounter("ringwall.reports.turned_away", () => intake.TurnedAway, unit: "{batch}", description: "Batches whose device was told to come again.");
        meter.CreateObservableGauge("ringwall.devices", () => view.Devices, unit: "{device}", description: "Devices that were ever enrolled.");
    }
}
