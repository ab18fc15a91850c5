namespace Ringwall.Wire.Control;

/// <summary>What can be asked of a running host.</summary>
public static class ControlVerb
{
    public const string Status = "status";
    public const string RestartSensor = "restart-sensor";
    public const string StopSensor = "stop-sensor";
    public const string StartSensor = "start-sensor";
    public const string Events = "events";
    public const string Findings = "findings";
    public const string Explain = "explain";
    public const string Protected = "protected";
    public const string Allow = "allow";
    public const string Disallow = "disallow";
    public const string Overrides = "overrides";
    public const string Install = "install";
    public const string Generations = "generations";
    public const string Promote = "promote";
    public const string RollBack = "rollback";
    public const string Pin = "pin";
    public const string Responses = "responses";
    public const string Undo = "undo";
    public const string Doctor = "doctor";
    public const string Probation = "probation";
    public const string LeaveFleet = "leave-fleet";
    public const string HandOver = "hand-over";
    public const string Stop = "stop";
}
