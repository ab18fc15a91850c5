using Ringwall.Server.Running;

namespace Ringwall.Server.Access;

/// <summary>
/// The streams of events that people's pages keep open. Who may open one is asked at its beginning alone, so each ends after a while, and the page that opens it again is asked again: what was taken from a
/// person ends with it. And nobody has more than a few dozen.
/// </summary>
// Threads: any.
public sealed class OpenStreams(IHostApplicationLifetime server, TimeProvider clock)
{
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <summary>Of one person, on one replica.</summary>
    public const int Most = 32;

    private readonly IHostApplicationLifetime _server = server;
    private readonly TimeProvider _clock = clock;
    private readonly Dictionary<string, int> _open = new(StringComparer.Ordinal);

    /// <summary>Until when the stream that answers this request goes on: the time is up, whoever reads it is gone, or the server ends.</summary>
    /// <exception cref="RequestRefused"><see cref="ProblemType.TooMany"/>: this person has enough of them.</exception>
    public CancellationToken Begin(HttpContext context)
    {
        string person = Person.Of(context.User).Id;
        lock (_open)
        {
            int open = _open.GetValueOrDefault(person);
            _open[person] = open < Most ? open + 1 : throw new RequestRefused(ProblemType.TooMany, $"{Most} streams of events are open already");
        }

        Stream stream = new(this, person, context.RequestAborted);
        context.Response.RegisterForDispose(stream);
        return stream.Until;
    }

    private void End(string person)
    {
        lock (_open)
        {
            if (--_open[person] == 0)
            {
                _open.Remove(person);
            }
        }
    }

    private sealed class Stream : IDisposable
    {
        private readonly OpenStreams _all;
        private readonly string _person;
        private readonly CancellationTokenSource _time;
        private readonly CancellationTokenSource _any;

        public Stream(OpenStreams all, string person, CancellationToken gone)
        {
            _all = all;
            _person = person;
            _time = new CancellationTokenSource(Longest, all._clock);
            _any = CancellationTokenSource.CreateLinkedTokenSource(_time.Token, gone, all._server.ApplicationStopping);
        }

        public CancellationToken Until => _any.Token;

        public void Dispose()
        {
            _any.Dispose();
            _time.Dispose();
            _all.End(_person);
        }
    }
}
