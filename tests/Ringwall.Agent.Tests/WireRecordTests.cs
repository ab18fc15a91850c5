using System.Collections;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Ringwall.Wire.Api;
using Ringwall.Wire.Door;
using Ringwall.Wire.Fleet;

namespace Ringwall.Agent.Tests;

/// <summary>
/// Every record that crosses a wire, with each member missing and with each member null: a reader either refuses, or gets what the type promises. Whoever uses a record never has to ask.
/// </summary>
public sealed class WireRecordTests
{
    public static TheoryData<string> Contexts => new("fleet", "fleet, relaxed", "api", "api, lines", "door", "status");

    [Theory]
    [MemberData(nameof(Contexts))]
    public void A_member_that_is_missing_or_null_is_refused_or_is_what_its_type_promises(string context)
    {
        JsonSerializerContext json = Context(context);
        int missing = 0, nulls = 0;
        foreach (Type record in RecordsOf(json))
        {
            JsonTypeInfo type = json.GetTypeInfo(record)!;
            var whole = (JsonObject)Example(json, record, all: true)!;
            Read(type, whole);
            object least = Read(type, (JsonObject)Example(json, record, all: false)!);
            foreach (JsonPropertyInfo member in type.Properties.Where(member => member.Get is not null))
            {
                missing++;
                Check(json, record, member, least);
                if (whole.ContainsKey(member.Name) && !member.PropertyType.IsValueType)
                {
                    nulls++;
                    JsonObject holed = (JsonObject)whole.DeepClone();
                    holed[member.Name] = null;
                    Assert.True(IsNullable(record, member) || Refuses(type, holed), $"{record.Name}.{member.Name} may not be null, and null is read");
                }

                if (IsRequired(member))
                {
                    JsonObject without = (JsonObject)whole.DeepClone();
                    without.Remove(member.Name);
                    Assert.True(Refuses(type, without), $"{record.Name}.{member.Name} is required, and may be missing");
                }
            }
        }

        Assert.True(missing >= 20 && nulls >= 10, $"{missing} members and {nulls} nulls were tried: this test looks at the wrong place");
    }

    [Theory]
    [InlineData(typeof(EnrolRequest))]
    [InlineData(typeof(Ringwall.Wire.Probation.ProbationReport))]
    public void No_list_that_a_stranger_sends_has_a_hole(Type record)
    {
        int lists = 0;
        var whole = (JsonObject)Example(FleetJson.Wire, record, all: true)!;
        foreach (JsonArray list in All(whole).OfType<JsonArray>().ToArray())
        {
            lists++;
            list.Add(null);
            Assert.True(Refuses(FleetJson.Wire.GetTypeInfo(record)!, whole), $"{list.GetPath()} may have a hole");
            list.RemoveAt(list.Count - 1);
            Read(FleetJson.Wire.GetTypeInfo(record)!, whole);
        }

        Assert.True(lists > 0);
    }

    [Fact]
    public void A_seat_that_an_older_host_has_kept_is_read()
    {
        const string Kept = """{"domain":"00000000000000ff","index":1,"size":2,"domainNumber":255}""";
        Assert.Equal(new DeviceSeat("00000000000000ff", 1, 2), JsonSerializer.Deserialize(Kept, DoorJson.Default.DeviceSeat));
        Assert.DoesNotContain("domainNumber", JsonSerializer.Serialize(DeviceSeat.Of(255, 1, 2), DoorJson.Default.DeviceSeat), StringComparison.Ordinal);
    }

    [Fact]
    public void This_test_finds_a_record_that_is_read_with_holes()
    {
        JsonTypeInfo type = HoledJson.Default.Holed;
        var holed = (Holed)JsonSerializer.Deserialize("{}", type)!;
        Assert.ThrowsAny<Exception>(() => Check(HoledJson.Default, typeof(Holed), type.Properties.Single(member => member.Name == "Name"), holed));
        Assert.ThrowsAny<Exception>(() => Check(HoledJson.Default, typeof(Holed), type.Properties.Single(member => member.Name == "Count"), holed));
        Assert.False(Refuses(type, new JsonObject { ["Name"] = null }));
    }

    private static JsonSerializerContext Context(string name) => name switch
    {
        "fleet" => FleetJson.Default,
        "fleet, relaxed" => FleetJson.Wire,
        "api" => ApiJson.Default,
        "api, lines" => ApiJson.Lines,
        "door" => DoorJson.Default,
        _ => AgentStatusJson.Default,
    };

    // What was left out is what the record itself says that it is then, and never null where that is not allowed.
    private static void Check(JsonSerializerContext json, Type record, JsonPropertyInfo member, object least)
    {
        object? read = member.Get?.Invoke(least);
        Assert.True(read is not null || IsNullable(record, member) || member.PropertyType.IsValueType, $"{record.Name}.{member.Name} is null when it is left out");
        if (IsRequired(member) || record.GetConstructor(Type.EmptyTypes) is null)
        {
            return;
        }

        object? promised = record.GetProperty(((MemberInfo)member.AttributeProvider!).Name)!.GetValue(Activator.CreateInstance(record));
        Assert.Equal(Text(json, promised, member.PropertyType), Text(json, read, member.PropertyType));
    }

    private static string Text(JsonSerializerContext json, object? value, Type type) => value switch
    {
        null => "null",
        IEnumerable list and not string => $"[{string.Join(',', list.Cast<object>())}]",
        _ => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)!,
    };

    private static bool IsRequired(JsonPropertyInfo member) => member.IsRequired || member.AssociatedParameter is { HasDefaultValue: false, IsMemberInitializer: false };

    private static bool IsNullable(Type record, JsonPropertyInfo member) =>
        new NullabilityInfoContext().Create(record.GetProperty(((MemberInfo)member.AttributeProvider!).Name)!).ReadState == NullabilityState.Nullable;

    private static object Read(JsonTypeInfo type, JsonObject text) => JsonSerializer.Deserialize(text, type)!;

    private static bool Refuses(JsonTypeInfo type, JsonObject text)
    {
        try
        {
            _ = Read(type, text);
            return false;
        }
        catch (JsonException)
        {
            return true;
        }
    }

    /// <summary>A record as JSON: with everything, or with what it cannot do without.</summary>
    private static JsonNode? Example(JsonSerializerContext json, Type type, bool all)
    {
        Type plain = Nullable.GetUnderlyingType(type) ?? type;
        if (plain == typeof(string))
        {
            return "x";
        }

        if (plain == typeof(bool))
        {
            return true;
        }

        if (plain == typeof(DateTimeOffset))
        {
            return "2026-01-01T00:00:00+00:00";
        }

        if (plain.IsPrimitive)
        {
            return 1;
        }

        JsonTypeInfo known = json.GetTypeInfo(plain) ?? throw new InvalidOperationException($"{plain} is none of the context's");
        if (known.Kind == JsonTypeInfoKind.Enumerable)
        {
            return new JsonArray(Example(json, known.ElementType!, all));
        }

        if (known.Kind != JsonTypeInfoKind.Object)
        {
            throw new InvalidOperationException($"{plain} is nothing that this test can make");
        }

        JsonObject made = [];
        foreach (JsonPropertyInfo member in known.Properties.Where(member => member.Set is not null || member.AssociatedParameter is not null).Where(member => all || IsRequired(member)))
        {
            made[member.Name] = Example(json, member.PropertyType, all);
        }

        return made;
    }

    private static IEnumerable<JsonNode> All(JsonNode node) => node switch
    {
        JsonObject record => record.Where(member => member.Value is not null).SelectMany(member => All(member.Value!)).Prepend(node),
        JsonArray list => list.Where(item => item is not null).SelectMany(item => All(item!)).Prepend(node),
        _ => [node],
    };

    private static HashSet<Type> RecordsOf(JsonSerializerContext json)
    {
        HashSet<Type> records = [];
        Queue<Type> open = new(json.GetType().GetCustomAttributesData().Where(data => data.AttributeType == typeof(JsonSerializableAttribute)).Select(data => (Type)data.ConstructorArguments[0].Value!));
        while (open.TryDequeue(out Type? next))
        {
            if (json.GetTypeInfo(Nullable.GetUnderlyingType(next) ?? next) is not { } type)
            {
                continue;
            }

            if (type.Kind == JsonTypeInfoKind.Enumerable)
            {
                open.Enqueue(type.ElementType!);
            }
            else if (type.Kind == JsonTypeInfoKind.Object && records.Add(type.Type))
            {
                foreach (JsonPropertyInfo member in type.Properties)
                {
                    open.Enqueue(member.PropertyType);
                }
            }
        }

        return records;
    }
}

/// <summary>The control: it promises what a generated reader does not keep.</summary>
internal sealed record Holed
{
    public string Name { get; init; } = "";

    public int Count { get; init; } = 7;
}

[JsonSerializable(typeof(Holed))]
internal sealed partial class HoledJson : JsonSerializerContext;
