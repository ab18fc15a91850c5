using System.CommandLine;
using System.Text.Json;
using Ringwall.Cli.Packing;
using Ringwall.Wire;
using Ringwall.Wire.Packages;

namespace Ringwall.Cli.Commands;

internal static class PackCommand
{
    public static Command Build(Terminal terminal)
    {
        Argument<string> output = new("FILE") { Description = "The package to write, as NAME.tar.gz" };
        Option<string> release = new("--release") { Description = "The release's version", HelpName = "VERSION", Required = true };
        Option<string?> engine = new("--engine") { Description = "The engine: a folder with a sensor.json", HelpName = "DIR" };
        Option<string?> content = new("--content") { Description = "The content: a folder of rules, signatures or models", HelpName = "DIR" };
        Option<string?> contentVersion = new("--content-version") { Description = "The content's version; the release's when not given", HelpName = "VERSION" };
        Option<string?> schema = new("--schema") { Description = "What the content was written for: JSON with id and fields", HelpName = "FILE" };
        Option<string?> sensor = new("--sensor") { Description = "Which sensor it is for; needed without an engine", HelpName = "NAME" };
        Option<string?> vendor = new("--vendor") { Description = "Whose it is, without an engine that says so", HelpName = "NAME" };
        Command command = new("pack", "Build a package from folders; the same folders give the same bytes. Needs no host")
        {
            output, release, engine, content, contentVersion, schema, sensor, vendor,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(engine) is null && result.GetValue(content) is null)
            {
                result.AddError("Name an --engine, a --content, or both");
            }
            else if (result.GetValue(engine) is null && result.GetValue(sensor) is null)
            {
                result.AddError("Name the --sensor that the content is for");
            }
        });
        command.SetAction(parsed =>
        {
            string file = ParsedOptions.Absolute(parsed.GetRequiredValue(output));
            PackageManifest packed = PackageWriter.Write(file, new PackOrder
            {
                Version = parsed.GetRequiredValue(release),
                Engine = Folder(parsed.GetValue(engine)),
                Content = Folder(parsed.GetValue(content)),
                ContentVersion = parsed.GetValue(contentVersion),
                Schema = parsed.GetValue(schema),
                Sensor = parsed.GetValue(sensor),
                Vendor = parsed.GetValue(vendor),
            });
            terminal.Out.WriteLine(parsed.WantsJson()
                ? JsonSerializer.Serialize(packed, PackageJson.Default.PackageManifest)
                : $"{file}: {packed.Sensor} {packed.Version}, {packed.Files.Count} files, {packed.Files.Sum(one => one.Bytes):N0} bytes unpacked");
            return ExitCode.Done;
        });
        return command;
    }

    private static string? Folder(string? path) => path is null ? null : ParsedOptions.Absolute(path);
}
