using Ringwall.Contract;

namespace Ringwall.Host.Intake.Tells;

/// <summary>Something that happened to a file.</summary>
/// <param name="Kind">What.</param>
/// <param name="Sequence">The event's number within its source.</param>
/// <param name="Time">When, nanoseconds since 1970.</param>
/// <param name="File">Which file; zeros when not known.</param>
internal readonly record struct FileHappening(TellEventKind Kind, ulong Sequence, ulong Time, FileKey File);
