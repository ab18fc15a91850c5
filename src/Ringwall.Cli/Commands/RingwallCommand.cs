using System.CommandLine;

namespace Ringwall.Cli.Commands;

/// <summary>The whole command line.</summary>
internal static class RingwallCommand
{
    public static RootCommand Build(Terminal terminal)
    {
        RootCommand root = new("Runs endpoint-security code outside the kernel. Without a command it shows the host's status.")
        {
            CommonOptions.Json,
            CommonOptions.RunDirectory,
            UpCommand.Build(terminal),
            EnrolCommand.Build(terminal),
            AgentCommand.Build(terminal),
            StatusCommand.Build(terminal),
            SensorsCommand.Build(terminal),
            EventsCommand.Build(terminal),
            FindingsCommand.Build(terminal),
            ExplainCommand.Build(terminal),
            ProtectedCommand.Build(terminal),
            AllowCommand.Build(terminal),
            GenerationCommands.List(terminal),
            GenerationCommands.Install(terminal),
            GenerationCommands.Promote(terminal),
            GenerationCommands.RollBack(terminal),
            GenerationCommands.Pin(terminal),
            PackCommand.Build(terminal),
            ProbationCommand.Build(terminal),
            DrillCommand.Build(terminal),
            VaultCommand.Build(terminal),
            UndoCommand.Build(terminal),
            DoctorCommand.Build(terminal),
            KeysCommands.Build(terminal),
            VendorCommands.Build(terminal),
            OperatorCommands.Build(terminal),
            HostCommands.HandOver(terminal),
            HostCommands.Stop(terminal),
        };
        root.HelpName = "ringwall";
        root.SetAction((parsed, _) => StatusCommand.RunAsync(parsed, terminal));
        return root;
    }
}
