using System.Globalization;
using Ringwall.Bench.Server;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
switch (args)
{
    case ["bare", string port]:
        await BareEndpoint.RunAsync(int.Parse(port));
        return 0;
    case ["view", string database]:
        await ViewBench.RunAsync(database);
        return 0;
}

if (BenchOptions.Parse(args) is not { } options)
{
    Console.Error.WriteLine(BenchOptions.Usage);
    return 2;
}

try
{
    return await new ServerBench(options).RunAsync() ? 0 : 1;
}
catch (BenchException failed)
{
    Console.Error.WriteLine($"bench: {failed.Message}");
    return 1;
}
