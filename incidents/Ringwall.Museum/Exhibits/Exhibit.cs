using System.Text.Json.Nodes;

namespace Ringwall.Museum.Exhibits;

/// <summary>One bad update: how the fault arrives, what stops it, and what a machine looks like on which that is switched off. Read from scenario.json.</summary>
internal sealed record Exhibit
{
    /// <summary>Its folder's name: NN-year-vendor-slug.</summary>
    public required string Name { get; init; }

    public required string Title { get; init; }

    /// <summary>When it happened, as "2024-07-19"; empty for what has not happened yet.</summary>
    public string Date { get; init; } = "";

    public string Vendor { get; init; } = "";

    /// <summary>It has happened, somewhere.</summary>
    public required bool Historic { get; init; }

    /// <summary>The class of fault, in a few words.</summary>
    public required string Fault { get; init; }

    /// <summary>Which guard stops it, in the words of the documents.</summary>
    public required string Guard { get; init; }

    public required FaultArrival Arrives { get; init; }

    /// <summary>The behaviour of the generation that is in service before.</summary>
    public required IReadOnlyList<string> Good { get; init; }

    /// <summary>The behaviour of the faulty one.</summary>
    public required IReadOnlyList<string> Faulty { get; init; }

    /// <summary>The behaviour of a second, unchanged sensor; empty when there is none.</summary>
    public IReadOnlyList<string> Second { get; init; } = [];

    /// <summary>The faulty engine's version; null when only content is faulty.</summary>
    public string? Engine { get; init; }

    /// <summary>How many different files of a user's may be denied before that is harm; null when any is.</summary>
    public int? MostDenied { get; init; }

    /// <summary>Probation refuses it, and an operator promotes it all the same: it is tried again, and has to be stopped again.</summary>
    public bool Forced { get; init; }

    /// <summary>Probation is left out, in the exhibit as in its control, as if it had seen nothing: so that the next guard has to stop it.</summary>
    public bool Untried { get; init; }

    /// <summary>The machine has one disk, with so many mebibytes free, and the sensor's folder is on it where nothing bounds it. Null: there is plenty.</summary>
    public int? FreeMb { get; init; }

    /// <summary>The canary does what nobody had done before when the fault has been in service for a while; null when the fault waits for nothing.</summary>
    public double? CueAfterSeconds { get; init; }

    /// <summary>How long the machine is watched from the arrival on.</summary>
    public double Seconds { get; init; } = 6;

    /// <summary>What is put over the configuration and the sensor's entry in it, in the exhibit and in its control.</summary>
    public JsonObject Configuration { get; init; } = [];

    public JsonObject Sensor { get; init; } = [];

    /// <summary>The same, in the control alone: the guard in question is off.</summary>
    public JsonObject ControlConfiguration { get; init; } = [];

    public JsonObject ControlSensor { get; init; } = [];

    /// <summary>Where the guard is that there are generations at all, the control has the fault arrive without them.</summary>
    public FaultArrival? ControlArrives { get; init; }

    /// <summary>The schema that the faulty content was written for has a field more than the engine reads.</summary>
    public bool WrongSchema { get; init; }
}

/// <summary>How a fault comes to be on the machine.</summary>
internal enum FaultArrival
{
    /// <summary>As a package with a new generation.</summary>
    Installed,

    /// <summary>The folder of the generation in service is overwritten and the sensor restarted, as if there were no generations.</summary>
    InPlace,

    /// <summary>The sensor stays as it is; the machine's own files are updated.</summary>
    SystemUpdate,
}
