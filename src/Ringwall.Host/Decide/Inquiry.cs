using System.Text;
using Ringwall.Contract;

namespace Ringwall.Host.Decide;

/// <summary>What one sensor said to an inquiry.</summary>
internal sealed record Opinion(string Sensor, Verdict Verdict, string Reason, bool Cacheable, long TookNs);

/// <summary>An operator's question what would be decided. Filled by the answering thread, read by who asked once it is finished.</summary>
internal sealed class Inquiry
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Opinion> _opinions = [];

    public IReadOnlyList<Opinion> Opinions => _opinions;

    public Verdict Verdict { get; private set; }

    public DecisionReason Reason { get; private set; }

    public void Add(string sensor, in VerdictMessage said, long tookNs) =>
        _opinions.Add(new Opinion(sensor, said.Verdict, Encoding.UTF8.GetString(said.Reason), said.Cacheable, tookNs));

    public void Finish(Verdict verdict, DecisionReason reason)
    {
        Verdict = verdict;
        Reason = reason;
        _done.TrySetResult();
    }

    public void Await() => _done.Task.Wait();
}
