using System.Text;
using Ringwall.Contract;
using Ringwall.Sdk.Running;

namespace Ringwall.Sdk;

/// <summary>Something worth a person's attention. Texts that are too long for the protocol (docs/protocol.md) are cut.</summary>
public sealed class Finding : IOutgoing
{
    private TellEvent? _tell;
    private ulong _ticket;
    private ProcessRecord? _actor;
    private byte[] _path = [];

    /// <param name="ruleId">The rule that matched.</param>
    /// <param name="title">One line for people.</param>
    /// <param name="severity">How bad it is.</param>
    /// <exception cref="ArgumentException">Rule id or title is empty, or the severity is not one of the six.</exception>
    public Finding(string ruleId, string title, Severity severity)
    {
        ArgumentException.ThrowIfNullOrEmpty(ruleId);
        ArgumentException.ThrowIfNullOrEmpty(title);
        ArgumentOutOfRangeException.ThrowIfLessThan((int)severity, (int)Severity.Informational, nameof(severity));
        ArgumentOutOfRangeException.ThrowIfGreaterThan((int)severity, (int)Severity.Fatal, nameof(severity));
        (RuleId, Title, Severity) = (ruleId, title, severity);
    }

    /// <summary>The rule that matched.</summary>
    public string RuleId { get; }

    /// <summary>One line for people.</summary>
    public string Title { get; }

    /// <summary>How bad it is.</summary>
    public Severity Severity { get; }

    /// <summary>More for people.</summary>
    public string Description { get; init; } = "";

    /// <summary>Such as "attack.t1059.004"; the first 32 count.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Says which ask caused it, with its file and process. Returns this finding.</summary>
    public Finding About(in Ask ask)
    {
        _ticket = ask.Ticket;
        _actor = ask.Process.ToRecord();
        _path = ask.PathBytes.ToArray();
        return this;
    }

    /// <summary>Says which event caused it, with its file and process. Returns this finding.</summary>
    public Finding About(TellEvent tell)
    {
        ArgumentNullException.ThrowIfNull(tell);
        _tell = tell;
        _actor = tell.Actor;
        _path = Encoding.UTF8.GetBytes(tell.NewPath.Length > 0 ? tell.NewPath : tell.Path);
        return this;
    }

    /// <summary>For what was found out later about an ask or event: takes over what the other finding is about. Returns this finding.</summary>
    public Finding AboutTheSameAs(Finding other)
    {
        ArgumentNullException.ThrowIfNull(other);
        _tell = other._tell;
        _ticket = other._ticket;
        _actor = other._actor;
        _path = other._path;
        return this;
    }

    int IOutgoing.Write(Span<byte> into) => new FindingMessage
    {
        RuleId = TextCut.To(RuleId, Protocol.MaxRuleIdBytes),
        Title = TextCut.To(Title, Protocol.MaxTitleBytes),
        Severity = Severity,
        Description = TextCut.To(Description, Protocol.MaxDescriptionBytes),
        Tags = [.. Tags.Where(tag => tag.Length > 0).Take(Protocol.MaxTags).Select(tag => TextCut.To(tag, Protocol.MaxTagBytes))],
        EventSource = _tell?.Source ?? TellKinds.None,
        EventSequence = _tell?.Sequence ?? 0,
        EventTime = _tell?.Time ?? 0,
        Actor = _actor,
        Path = _path.AsMemory(0, Math.Min(_path.Length, Protocol.MaxPathBytes)),
        Ticket = _ticket,
    }.Write(into);
}
