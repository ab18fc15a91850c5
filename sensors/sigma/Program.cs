using Ringwall.Sensors.Sigma;
using Ringwall.Sensors.Sigma.Replaying;
using Ringwall.Sensors.Sigma.Sensing;

switch (args)
{
    case []:
        return SensorCommand.Run(Console.Error);
    case ["replay", ..]:
        using (Stream input = Console.OpenStandardInput())
        using (Stream output = Console.OpenStandardOutput())
        {
            return ReplayCommand.Run(args.AsSpan(1), input, output, Console.Error);
        }

    default:
        Console.Error.WriteLine("usage: ringwall-sensor-sigma                     (started by a host)");
        Console.Error.WriteLine(ReplayCommand.Usage);
        return ExitCode.Usage;
}
