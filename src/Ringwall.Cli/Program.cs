using Ringwall.Cli;

return await Entry.RunAsync(args, Terminal.OfThisProcess());
