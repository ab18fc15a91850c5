namespace Ringwall.Contract;

/// <summary>What a message is. Kinds that a receiver does not know are skipped.</summary>
public enum MessageKind : ushort
{
    /// <summary>Not a kind.</summary>
    None = 0,

    /// <summary>Sensor to host: who I am and what I want to see.</summary>
    Hello = 1,

    /// <summary>Host to sensor: what you get.</summary>
    Welcome = 2,

    /// <summary>Host to sensor: judge this before the deadline.</summary>
    Ask = 3,

    /// <summary>Sensor to host: the judgement.</summary>
    Verdict = 4,

    /// <summary>Host to sensor: things that happened.</summary>
    Tells = 5,

    /// <summary>Sensor to host: something worth a person's attention.</summary>
    Finding = 6,

    /// <summary>Sensor to host: the answer to a health question.</summary>
    Health = 7,

    /// <summary>Host to sensor: are you making progress?</summary>
    HealthAsk = 8,

    /// <summary>Host to sensor: finish what you hold and exit.</summary>
    Stop = 9,

    /// <summary>Sensor to host: do this to a process, a file or the network.</summary>
    Request = 10,

    /// <summary>Host to sensor: what became of a request.</summary>
    Outcome = 11,
}
