using System.Text.Json;
using Ringwall.Server.Enrolment;
using Ringwall.Server.Running;
using Ringwall.Wire.Fleet;

namespace Ringwall.Server.Health;

/// <summary>POST /api/v1/device/reports: checks what a device sent, has it stored, and answers when it is on disk.</summary>
internal static class ReportEndpoint
{
    internal static readonly ProblemType Busy = new(DeviceProblem.Busy, 503, "More reports come than can be stored; send the same again");

    private static readonly DeviceReport[] None = [];

    public static async Task HandleAsync(HttpContext context)
    {
        IServiceProvider services = context.RequestServices;
        FleetView fleet = services.GetRequiredService<FleetView>();
        if (!DeviceSignedIn.TryRead(context.Request, services.GetRequiredService<Sessions>(), fleet, out Session session))
        {
            throw new RequestRefused(Joining.SessionOver, "ask for another session");
        }

        // Before its body is read: whoever has one device's token fills one batch of memory, and a device sends one after another anyway.
        SendingDevices sending = services.GetRequiredService<ReportIntake>().Sending;
        if (!sending.TryEnter(session.Number))
        {
            throw new RequestRefused(ProblemType.TooMany, "an earlier batch of this device is not stored yet", new Dictionary<string, object?> { ["retryAfter"] = 2 });
        }

        try
        {
            await StoreAsync(context, services, fleet, session).ConfigureAwait(false);
        }
        finally
        {
            sending.Leave(session.Number);
        }
    }

    private static async Task StoreAsync(HttpContext context, IServiceProvider services, FleetView fleet, Session session)
    {
        (ReportBatch batch, int bytes) = await JsonBody.ReadMeasuredAsync(context.Request, FleetJson.Wire.ReportBatch, DeviceLimits.BatchBytes, context.RequestAborted).ConfigureAwait(false);
        DeviceReport[] reports = Checked(batch);
        DeviceReport last = reports[^1];
        byte[] kept = JsonSerializer.SerializeToUtf8Bytes(last.Harms.Count + last.Probations.Count == 0 ? last : last with { Harms = [], Probations = [] }, FleetJson.Wire.DeviceReport);
        var sent = new SentReports(session.Number, reports, kept, bytes);
        if (!services.GetRequiredService<ReportIntake>().TrySend(sent))
        {
            throw new RequestRefused(Busy, "", new Dictionary<string, object?> { ["retryAfter"] = 2 });
        }

        long acknowledged = await sent.Task.ConfigureAwait(false);
        services.GetRequiredService<CellWatch>().Saw(fleet, session.Number, last.Cell);
        context.Response.ContentType = "application/json";
        byte[] reply = JsonSerializer.SerializeToUtf8Bytes(new ReportReply(acknowledged), FleetJson.Wire.ReportReply);
        context.Response.ContentLength = reply.Length;
        await context.Response.Body.WriteAsync(reply, context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>The batch's reports in order; a batch that breaks a limit is refused whole.</summary>
    /// <exception cref="RequestRefused">It does.</exception>
    internal static DeviceReport[] Checked(ReportBatch batch)
    {
        DeviceReport[] reports = [.. batch.Reports ?? None];
        string? fault = reports.Length is 0 or > DeviceLimits.Reports ? $"a batch has 1 to {DeviceLimits.Reports} reports" : null;
        for (int i = 0; i < reports.Length && fault is null; i++)
        {
            fault = Fault(reports[i]);
        }

        if (fault is not null)
        {
            throw new RequestRefused(ProblemType.BadRequest, fault);
        }

        if (reports.Length > 1)
        {
            Array.Sort(reports, (a, b) => a.Sequence.CompareTo(b.Sequence));
        }

        return reports;
    }

    private static string? Fault(DeviceReport? report) =>
        report is null || report.Releases is null || report.Harms is null || report.Probations is null ? "a report is null where it may not be"
        : report.Sequence < 1 ? "a sequence is 1 or more"
        : report.At is < 0 or > 253_402_300_799_999 ? "'at' is no moment in Unix milliseconds"
        : report.Boot.Length > 64 || report.Host.Length > 64 ? "'boot' and 'host' have at most 64 characters"
        : report.Cell.Length is 0 or > DeviceLimits.CellCharacters || report.Cell.Any(char.IsControl) ? "'cell' is no name of a cell"
        : report.Releases.Count > DeviceLimits.Releases ? $"a report has at most {DeviceLimits.Releases} releases"
        : report.Releases.Any(release => release is null || release.Path.Length > DeviceLimits.PathCharacters || release.State.Length > 32 || release.Why?.Length > DeviceLimits.DetailCharacters)
            ? "a release has a path, state or reason that is too long"
        : report.Harms.Count > DeviceLimits.Harms ? $"a report has at most {DeviceLimits.Harms} harms"
        : report.Harms.Any(harm => harm is null || harm.Measure.Length > 64 || harm.Release?.Length > DeviceLimits.PathCharacters || harm.Detail.Length > DeviceLimits.DetailCharacters)
            ? "a harm has a measure, release or detail that is too long"
        : report.Probations.Count > DeviceLimits.Probations ? $"a report has at most {DeviceLimits.Probations} probations"
        : report.Probations.Any(probation => probation?.Report is null || probation.Path?.Length > DeviceLimits.PathCharacters || probation.Report.Sensor.Length > 64 || probation.Report.Result.Length > 64)
            ? "a probation has no report, or a path, sensor or result that is too long"
        : null;
}
