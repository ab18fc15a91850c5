// Owns:     STATE/fleet/identity.json, who this device is and where it stands; STATE/fleet/places.json, where it stood before.
// Threads:  the desk's turn.
// Ordering: what it is to believe before who it is; where it stood before where it stands. After a crash between two of them the same word of the agent's mends it.

using System.Text.Json;
using System.Text.Json.Serialization;
using Ringwall.Host.Generations.Store;
using Ringwall.Trust;
using Ringwall.Wire.Door;
using Ringwall.Wire.Fleet;

namespace Ringwall.Host.Fleet;

/// <summary>
/// Who this device is in its fleet. What the agent says first is kept; after that the operator's keys alone move the device, and its root alone lets it join anew.
/// </summary>
internal sealed class FleetIdentity
{
    public const string Name = "identity.json";
    public const string PlacesName = "places.json";

    // A release that is older than so many moves is none that anybody still installs.
    private const int PlacesKept = 32;

    private readonly string _folder;
    private readonly Action<string> _say;
    private DevicePlaces _places = new();

    private FleetIdentity(string folder, Action<string> say)
    {
        _folder = folder;
        _say = say;
    }

    /// <summary>Null as long as it is nobody, or nobody can tell.</summary>
    public DoorIdentity? Kept { get; private set; }

    /// <summary>Why nobody can tell who it is: something is kept, and cannot be read. It is no other device by that: until root has it forgotten, none is taken. Null otherwise.</summary>
    public string? Unreadable { get; private set; }

    /// <exception cref="IOException">The disk refused.</exception>
    public static FleetIdentity Open(string folder, Action<string> say)
    {
        FleetIdentity identity = new(folder, say);
        try
        {
            identity.Kept = Read(Path.Combine(folder, Name), FleetIdentityJson.Default.DoorIdentity);
            identity.Kept = identity.Kept is null || IsSound(identity.Kept) ? identity.Kept : throw new JsonException("it is no device's");
        }
        catch (JsonException broken)
        {
            identity.Kept = null;
            identity.Unreadable = $"{Path.Combine(folder, Name)}: who this device is in its fleet cannot be read: {broken.Message.TrimEnd('.')}; `ringwall enrol --reset` and enrolling anew mends it";
            say(identity.Unreadable);
        }

        try
        {
            identity._places = Read(Path.Combine(folder, PlacesName), FleetIdentityJson.Default.DevicePlaces) ?? new DevicePlaces();
        }
        catch (JsonException broken)
        {
            say($"{Path.Combine(folder, PlacesName)}: where this device stood before it was moved is lost: {broken.Message.TrimEnd('.')}; releases that had begun are seen from where it stands now");
        }

        return identity;
    }

    /// <summary>Takes what the agent says, if nothing else was kept before. A seat's group may grow, since sites do.</summary>
    /// <returns>Null when it is kept; otherwise why not.</returns>
    /// <exception cref="UpdateRejectedException">The roots in the spool are not those that it names.</exception>
    /// <exception cref="IOException">The disk refused.</exception>
    public string? Take(DoorIdentity said, DeviceTrust trust)
    {
        if (Unreadable is { } lost)
        {
            return lost;
        }

        if (Kept is { } kept && kept != said with { Seat = kept.Seat })
        {
            return $"this device is {kept.Device} of the ring {kept.Ring} since {DateTimeOffset.FromUnixTimeMilliseconds(kept.Since):u}, and stays so until the operator's keys move it, or root says `ringwall enrol --reset`";
        }

        if (!IsSound(said) || (Kept?.Seat is { } seat && (said.Seat?.Domain != seat.Domain || said.Seat.Index != seat.Index || said.Seat.Size < seat.Size)))
        {
            return "it is none, or its seat is another";
        }

        // The roots first: an identity that is kept has something to believe. What is trusted without one is left over from another, which a crash kept from being forgotten whole.
        if (Kept is null)
        {
            trust.Forget();
            ForgetPlaces();
        }

        trust.Root(said);
        Keep(said);
        _say($"this machine is device {said.Device} of the ring {said.Ring}");
        return null;
    }

    /// <summary>Goes where the operator's keys say. The same order again changes nothing.</summary>
    /// <returns>Null when it stands there; otherwise why not.</returns>
    /// <exception cref="IOException">The disk refused.</exception>
    public string? Move(PlaceOrder order)
    {
        if (Kept is not { } kept)
        {
            return "this device is not enrolled";
        }

        if (order.Device != kept.Device)
        {
            return $"it is for device {order.Device}, and this is {kept.Device}";
        }

        if (order.Since < _places.Since || order.Since <= kept.Since)
        {
            return "it is older than where this device stands";
        }

        if (order.Since > _places.Since)
        {
            DevicePlaces places = new() { Since = order.Since, Before = [.. _places.Before.Append(new PlaceBefore(order.Since, kept.Ring, kept.Seat)).TakeLast(PlacesKept)] };
            StoreFiles.Replace(Path.Combine(_folder, PlacesName), JsonSerializer.SerializeToUtf8Bytes(places, FleetIdentityJson.Default.DevicePlaces));
            _places = places;
        }

        DoorIdentity moved = kept with { Ring = order.Ring, Seat = order.Seat is { } seat ? new DeviceSeat(seat.Domain, seat.Index, seat.Size) : null };
        if (moved != kept)
        {
            Keep(moved);
            _say($"the operator's keys move this device from the ring {kept.Ring} to {moved.Ring}{(moved.Ring == kept.Ring ? ", to another seat" : "")}; releases that have begun see it where it was");
        }

        return null;
    }

    /// <summary>Where it stands for a release that began then: where it was at that moment, or when it joined.</summary>
    public DoorIdentity ForReleaseOf(DateTimeOffset began)
    {
        DoorIdentity kept = Kept ?? throw new InvalidOperationException("It is nobody.");
        long moment = Math.Max(began.ToUnixTimeMilliseconds(), kept.Since);
        return _places.Before.FirstOrDefault(before => before.Until > moment) is { } then ? kept with { Ring = then.Ring, Seat = then.Seat } : kept;
    }

    /// <summary>Is nobody from now on.</summary>
    /// <exception cref="IOException">The disk refused.</exception>
    public void Forget()
    {
        File.Delete(Path.Combine(_folder, Name));
        StoreFiles.Flush(_folder);
        (Kept, Unreadable) = (null, null);
        ForgetPlaces();
    }

    private void ForgetPlaces()
    {
        File.Delete(Path.Combine(_folder, PlacesName));
        _places = new DevicePlaces();
    }

    private void Keep(DoorIdentity identity)
    {
        StoreFiles.Replace(Path.Combine(_folder, Name), JsonSerializer.SerializeToUtf8Bytes(identity, FleetIdentityJson.Default.DoorIdentity));
        Kept = identity;
    }

    private static bool IsSound(DoorIdentity said) => DeviceIdentity.IsOne(said.Device) && said.Ring.Length is > 0 and <= 64 && said.Since > 0 && said.Since <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
        && (said.Seat is null || (said.Seat.Domain.Length == 16 && said.Seat.Domain.All(char.IsAsciiHexDigitLower) && said.Seat.Size > 0 && said.Seat.Index >= 0 && said.Seat.Index < said.Seat.Size));

    // What a newer host has added is passed over: fields are refused only at the door, where both ends are of one installation.
    private static T? Read<T>(string path, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class =>
        File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), type) ?? throw new JsonException("it is null") : null;
}

/// <summary>Where a device stood, as it is on the disk.</summary>
internal sealed record DevicePlaces
{
    /// <summary>Since when it stands where it does, Unix milliseconds by the server's clock; 0 where it joined.</summary>
    public long Since { get; set; }

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<PlaceBefore> Before { get; set; } = [];
}

/// <summary>Where a device stood until a moment.</summary>
internal sealed record PlaceBefore(long Until, string Ring, DeviceSeat? Seat = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(DevicePlaces))]
[JsonSerializable(typeof(DoorIdentity))]
internal sealed partial class FleetIdentityJson : JsonSerializerContext;
