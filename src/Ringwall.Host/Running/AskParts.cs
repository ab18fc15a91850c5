using Ringwall.Host.Intake.Asks;

namespace Ringwall.Host.Running;

/// <summary>The parts that answer asks, for whoever looks at them.</summary>
internal sealed record AskParts(AskContext Context, AnsweringLoop Loop, MountMarks Marks);
