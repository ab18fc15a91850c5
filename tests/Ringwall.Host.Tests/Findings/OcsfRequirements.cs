using System.Text.Json;

namespace Ringwall.Host.Tests.Findings;

/// <summary>
/// What schema 1.5.0 of OCSF asks of a Detection Finding and of the objects in it that we use: required attributes, their types, the values of enumerations, and
/// "at least one of". Written by hand from events/base_event.json, events/findings/finding.json, events/findings/detection_finding.json and objects/*.json of
/// https://github.com/ocsf/ocsf-schema; attributes that are not listed there are refused, so that a misspelt one does not pass as an unknown one.
/// </summary>
internal static class OcsfRequirements
{
    private static readonly int[] Severities = [0, 1, 2, 3, 4, 5, 6, 99];
    private static readonly string[] Profiles = ["host", "security_control"];

    public static void Check(JsonElement finding)
    {
        Only(finding, "activity_id", "activity_name", "category_uid", "category_name", "class_uid", "class_name", "type_uid", "type_name", "time", "severity_id",
            "severity", "status_id", "status", "message", "is_alert", "action_id", "action", "disposition_id", "disposition", "metadata", "device", "finding_info",
            "evidences", "unmapped");
        Assert.Equal(1, Number(finding, "activity_id"));
        Assert.Equal(2, Number(finding, "category_uid"));
        Assert.Equal(2004, Number(finding, "class_uid"));
        Assert.Equal((Number(finding, "class_uid") * 100) + Number(finding, "activity_id"), Number(finding, "type_uid"));
        Assert.InRange(Number(finding, "time"), 1, 10_000_000_000_000);
        Assert.Contains((int)Number(finding, "severity_id"), Severities);
        Assert.Equal(1, Number(finding, "status_id"));
        Assert.InRange(Number(finding, "action_id"), 0, 4);
        Assert.InRange(Number(finding, "disposition_id"), 0, 27);
        Metadata(finding.GetProperty("metadata"));
        Device(finding.GetProperty("device"));
        FindingInfo(finding.GetProperty("finding_info"));
        foreach (JsonElement evidence in finding.GetProperty("evidences").EnumerateArray())
        {
            Only(evidence, "process", "file", "dst_endpoint");
            AtLeastOne(evidence, "process", "file", "dst_endpoint");
            if (evidence.TryGetProperty("process", out JsonElement process))
            {
                Process(process);
            }

            if (evidence.TryGetProperty("file", out JsonElement file))
            {
                File(file);
            }
        }
    }

    private static void Metadata(JsonElement metadata)
    {
        Only(metadata, "version", "uid", "product", "profiles", "log_name", "sequence");
        Assert.Equal("1.5.0", Text(metadata, "version"));
        Assert.Equal(Profiles, metadata.GetProperty("profiles").EnumerateArray().Select(profile => profile.GetString()!));
        JsonElement product = metadata.GetProperty("product");
        Only(product, "name", "vendor_name", "version", "feature");
        AtLeastOne(product, "name", "uid");
        if (product.TryGetProperty("feature", out JsonElement feature))
        {
            Only(feature, "name", "uid", "version");
            AtLeastOne(feature, "name", "uid");
        }
    }

    private static void Device(JsonElement device)
    {
        Only(device, "hostname", "type_id", "os");
        Assert.InRange(Number(device, "type_id"), 0, 99);
        AtLeastOne(device, "ip", "uid", "name", "hostname", "instance_uid", "interface_uid", "interface_name");
        JsonElement os = device.GetProperty("os");
        Only(os, "name", "type_id", "version", "kernel_release");
        Assert.Equal("Linux", Text(os, "name"));
        Assert.Equal(200, Number(os, "type_id"));
    }

    private static void FindingInfo(JsonElement info)
    {
        Only(info, "uid", "title", "desc", "types", "created_time", "analytic", "attacks", "data_sources");
        Assert.NotEmpty(Text(info, "uid"));
        Assert.NotEmpty(Text(info, "title"));
        if (info.TryGetProperty("analytic", out JsonElement analytic))
        {
            Only(analytic, "uid", "name", "type_id", "type", "version");
            AtLeastOne(analytic, "name", "uid");
            Assert.InRange(Number(analytic, "type_id"), 0, 11);
        }

        if (info.TryGetProperty("attacks", out JsonElement attacks))
        {
            foreach (JsonElement attack in attacks.EnumerateArray())
            {
                Only(attack, "technique", "sub_technique", "tactic");
                AtLeastOne(attack, "tactic", "technique", "sub_technique");
                Assert.All(attack.EnumerateObject(), name => AtLeastOne(name.Value, "name", "uid"));
            }
        }
    }

    private static void Process(JsonElement process)
    {
        Only(process, "pid", "name", "cmd_line", "created_time", "file", "user", "working_directory", "parent_process");
        AtLeastOne(process, "pid", "uid", "cpid");
        _ = Number(process, "pid");
        if (process.TryGetProperty("file", out JsonElement file))
        {
            File(file);
        }

        if (process.TryGetProperty("user", out JsonElement user))
        {
            Only(user, "uid");
            AtLeastOne(user, "account", "name", "uid");
        }

        if (process.TryGetProperty("parent_process", out JsonElement parent))
        {
            Process(parent);
        }
    }

    private static void File(JsonElement file)
    {
        Only(file, "name", "path", "type_id", "size");
        Assert.NotEmpty(Text(file, "name"));
        Assert.InRange(Number(file, "type_id"), 0, 8);
    }

    private static void Only(JsonElement element, params string[] names) =>
        Assert.All(element.EnumerateObject(), property => Assert.Contains(property.Name, names));

    private static void AtLeastOne(JsonElement element, params string[] names) =>
        Assert.True(names.Any(name => element.TryGetProperty(name, out _)), $"one of {string.Join(", ", names)} is missing in {element}");

    private static long Number(JsonElement element, string name) => element.GetProperty(name).GetInt64();

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
