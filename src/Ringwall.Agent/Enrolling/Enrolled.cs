using System.Text.Json;
using System.Text.Json.Serialization;
using Ringwall.Wire.Door;
using Ringwall.Wire.Fleet;

namespace Ringwall.Agent.Enrolling;

/// <summary>Who this device is in its fleet, and where that is: enrolled.json in the agent's state directory.</summary>
internal sealed record Enrolled
{
    private const string Name = "enrolled.json";
    private readonly long _pace = 1;
    private readonly int _reportMinutes = 1;

    /// <summary>The fleet's server, with a slash at its end.</summary>
    public required Uri Server { get; init; }

    /// <summary>Where the same static files are, besides the server; asked first, in this order.</summary>
    public IReadOnlyList<Uri> Mirrors { get; set; } = [];

    public required string Device { get; init; }

    /// <summary>As it was enrolled, or as the operator's keys have moved it since: what the host keeps it to.</summary>
    public required string Ring { get; init; }

    public string? Site { get; init; }

    public DeviceSeat? Seat { get; init; }

    /// <summary>By the server's clock, Unix milliseconds; 0 until the first session says.</summary>
    public long Since { get; init; }

    /// <summary>As the server says, within bounds: also of what was written down before.</summary>
    public required long PaceMilliseconds { get => _pace; init => _pace = Plausible.Pace(value); }

    public required int ReportMinutes { get => _reportMinutes; init => _reportMinutes = Plausible.ReportMinutes(value); }

    public required string VendorsRoot { get; init; }

    public required string DirectorRoot { get; init; }

    /// <summary>What the host is told.</summary>
    [JsonIgnore]
    public DoorIdentity Identity => new()
    {
        Device = Device, Ring = Ring, Site = Site, Seat = Seat, Since = Since, VendorsRoot = VendorsRoot, DirectorRoot = DirectorRoot,
    };

    /// <summary>Whether it is the same enrolment, whatever was learnt since.</summary>
    public bool IsSameAs(Enrolled other) => Server == other.Server && Device == other.Device && Ring == other.Ring && VendorsRoot == other.VendorsRoot && DirectorRoot == other.DirectorRoot
        && Since == other.Since && Mirrors.SequenceEqual(other.Mirrors);

    /// <summary>Null when this device is not enrolled.</summary>
    /// <exception cref="AgentException">What lies there cannot be read.</exception>
    public static Enrolled? Read(string stateDirectory)
    {
        string path = Path.Combine(stateDirectory, Name);
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), EnrolledJson.Default.Enrolled) : null;
        }
        catch (JsonException broken)
        {
            throw new AgentException($"{path}: this is no enrolment: {broken.Message.TrimEnd('.')}; enrol anew", broken);
        }
    }

    /// <exception cref="IOException">The disk refused.</exception>
    public void Write(string stateDirectory) => AgentFiles.Replace(Path.Combine(stateDirectory, Name), JsonSerializer.SerializeToUtf8Bytes(this, EnrolledJson.Default.Enrolled));
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(Enrolled))]
internal sealed partial class EnrolledJson : JsonSerializerContext;
