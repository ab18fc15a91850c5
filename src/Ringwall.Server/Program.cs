using Ringwall.Server.Running;

return await Entry.RunAsync(args, Environment.GetEnvironmentVariables(), Console.Out, Console.Error);
