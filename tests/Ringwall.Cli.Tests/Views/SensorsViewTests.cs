using Ringwall.Cli.Views;
using Ringwall.Wire.Status;
using Spectre.Console;

namespace Ringwall.Cli.Tests.Views;

public sealed class SensorsViewTests
{
    [Fact]
    public void A_generation_beside_service_has_a_row_of_its_own()
    {
        StringWriter said = new();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(said) });
        SensorStatus sensor = new()
        {
            Name = "yara",
            State = "running",
            Generation = 1,
            Beside = [new GenerationBeside { Generation = 2, Standing = "probation", State = "running", Asked = 340 }],
        };
        SensorsView.Write(console, [sensor], DateTimeOffset.UnixEpoch);
        Assert.Contains(said.ToString().Split('\n'), line => line.Contains("probation", StringComparison.Ordinal) && line.Contains("340", StringComparison.Ordinal));
    }
}
