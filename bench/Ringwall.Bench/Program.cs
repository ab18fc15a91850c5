using Ringwall.Bench;
using Ringwall.Bench.Asks;
using Ringwall.Bench.Footprint;
using Ringwall.Bench.Probation;
using Ringwall.Bench.Reporting;
using Ringwall.Bench.Running;
using Ringwall.Bench.Succession;
using Ringwall.Bench.Tells;
using Ringwall.Bench.Update;
using Ringwall.Bench.Workload;

if (BenchOptions.Parse(args, out string reason) is not { } options)
{
    Console.Error.WriteLine($"bench: {reason}\n\n{BenchOptions.Usage}");
    return 2;
}

try
{
    bool reached = true;
    foreach (string name in options.Names)
    {
        using var workshop = new Workshop(options);
        Report report = name switch
        {
            "ask" => new AskBench(workshop).Run(),
            "tell" => new TellBench(workshop).Run(),
            "probation" => new ProbationBench(workshop).Run(),
            "succession" => new SuccessionBench(workshop).Run(),
            "update" => new UpdateBench(workshop).Run(),
            "workload" => new WorkloadBench(workshop).Run(),
            _ => new FootprintBench(workshop).Run(),
        };
        report.Print(Console.Out);
        report.Write(Path.Combine(options.Root, "artifacts", "bench", $"{name}.json"));
        reached &= report.AllBarsReached;
    }

    return reached || !options.Strict ? 0 : 1;
}
catch (BenchException e)
{
    Console.Error.WriteLine($"bench: {e.Message}");
    return 1;
}
