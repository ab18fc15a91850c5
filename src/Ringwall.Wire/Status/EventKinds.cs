namespace Ringwall.Wire.Status;

/// <summary>The kinds of tell events, as the command line spells them.</summary>
public static class EventKinds
{
    public const string Start = "start";
    public const string Fork = "fork";
    public const string Exit = "exit";
    public const string Created = "created";
    public const string Written = "written";
    public const string Renamed = "renamed";
    public const string Deleted = "deleted";
    public const string Connect = "connect";
    public const string Loss = "loss";

    /// <summary>Names for several kinds at once.</summary>
    public const string Process = "process";
    public const string File = "file";
    public const string Network = "network";

    /// <summary>Every name that a filter takes.</summary>
    public static IReadOnlyList<string> All { get; } =
        [Process, File, Network, Start, Fork, Exit, Created, Written, Renamed, Deleted, Connect, Loss];

    /// <summary>The kinds that a filter's name stands for; a kind stands for itself.</summary>
    public static IReadOnlyList<string> Meant(string name) => name switch
    {
        Process => [Start, Fork, Exit],
        File => [Created, Written, Renamed, Deleted],
        Network => [Connect],
        _ => [name],
    };
}
