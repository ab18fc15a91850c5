using Ringwall.Contract;
using Ringwall.Sdk.Running;

namespace Ringwall.Sdk;

/// <summary>
/// A security program that sees events and gives verdicts. Derive from it, override what you need, and make
/// <c>return Sensor.Run(new MySensor());</c> the whole of Main. An exception that leaves one of your methods ends the process with
/// status 1: the ask gets the host's fallback, the exception is on standard error, and the host starts the sensor anew.
/// </summary>
public abstract class Sensor
{
    private Session? _session;
    private volatile string _note = "";

    /// <summary>Who the sensor is.</summary>
    public abstract SensorIdentity Identity { get; }

    /// <summary>Which asks it wants to judge. The host may grant fewer.</summary>
    public virtual AskKinds Asks => AskKinds.None;

    /// <summary>Which tells it wants to see. The host may grant fewer.</summary>
    public virtual TellKinds Tells => TellKinds.None;

    /// <summary>Whether it reads the content of files. False saves time on each ask.</summary>
    public virtual bool WantsDescriptor => Asks != AskKinds.None;

    /// <summary>One line about the sensor's state, shown by the host beside its health; what is beyond 256 bytes of UTF-8 is cut. Any thread may set it.</summary>
    public string Note
    {
        get => _note;
        protected set => _note = value;
    }

    /// <summary>
    /// Runs the sensor on the socket that the host handed to this process, until the host says stop or goes away. Call it from Main
    /// and return what it returns.
    /// </summary>
    /// <returns>
    /// 0: the host said stop, or is gone. 1: the sensor threw, could not stop in time, or the host broke the protocol.
    /// 2: this process was not started by a host. Each but the first is explained on standard error.
    /// </returns>
    public static int Run(Sensor sensor, SensorOptions? options = null)
    {
        SensorSocket socket;
        try
        {
            socket = SensorSocket.FromEnvironment();
        }
        catch (SensorSocketException refused)
        {
            Console.Error.WriteLine(refused.Message);
            return 2;
        }

        using (socket)
        {
            return Run(sensor, options ?? new SensorOptions(), socket, Console.Error);
        }
    }

    /// <summary>
    /// Called once, after the host's welcome and before any event, on the thread that called Run. Asks may be on their way already:
    /// what takes long, such as loading content, belongs before Run.
    /// </summary>
    protected internal virtual void OnStart(WelcomeMessage welcome)
    {
    }

    /// <summary>
    /// Judge the ask before its deadline. Runs on the thread that called Run, or on several at once (<see cref="SensorOptions.Workers"/>).
    /// Asks whose deadline has passed do not come here, and verdicts that come too late are dropped and counted.
    /// </summary>
    protected internal virtual SensorVerdict OnAsk(in Ask ask) => SensorVerdict.Allow();

    /// <summary>An event, in order, on a thread of its own. Loss comes as an event of kind <see cref="TellEventKind.Loss"/>, also that of the SDK's own queue.</summary>
    protected internal virtual void OnTell(TellEvent tell)
    {
    }

    /// <summary>The same as <see cref="OnTell(TellEvent)"/> without allocation, for those who override it; valid until it returns.</summary>
    protected internal virtual void OnTellView(in TellReader tell) => OnTell(tell.ToEvent());

    /// <summary>
    /// What became of a request. Runs on the thread that called Run, between asks, so it must be short. A host that does not know requests never answers them.
    /// </summary>
    protected internal virtual void OnOutcome(OutcomeMessage outcome)
    {
    }

    /// <summary>Called once, last, when no other call runs, on the thread that called Run. Not called after an exception.</summary>
    protected internal virtual void OnStop()
    {
    }

    /// <summary>
    /// Sends a finding to the host. Any thread may call it while the sensor runs; from OnAsk, the finding goes out after the verdict.
    /// Waits while the host's queue is full. Silently in vain when the host is gone.
    /// </summary>
    /// <exception cref="InvalidOperationException">The sensor does not run.</exception>
    protected void Report(Finding finding)
    {
        ArgumentNullException.ThrowIfNull(finding);
        (_session ?? throw new InvalidOperationException("Findings can be reported while the sensor runs.")).Say(finding);
    }

    /// <summary>
    /// Requests something of the host and returns at once with the request's number, which <see cref="OnOutcome"/> will hear again. Any thread may call it while
    /// the sensor runs; from OnAsk, the request goes out after the verdict. What may be requested stands in <see cref="WelcomeMessage.Responses"/>; the host refuses the rest.
    /// </summary>
    /// <exception cref="InvalidOperationException">The sensor does not run.</exception>
    /// <exception cref="ArgumentException">This request was sent before.</exception>
    protected ulong Request(ResponseRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return (_session ?? throw new InvalidOperationException("Requests can be made while the sensor runs.")).Request(request);
    }

    internal static int Run(Sensor sensor, SensorOptions options, SensorSocket socket, TextWriter errors)
    {
        ArgumentNullException.ThrowIfNull(sensor);
        Session session = new(sensor, options, socket, errors);
        sensor._session = session;
        return session.Run();
    }
}
