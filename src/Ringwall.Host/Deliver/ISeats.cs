using Ringwall.Contract;

namespace Ringwall.Host.Deliver;

/// <summary>Where supervision puts sensors that are ready, and takes away those that are not.</summary>
internal interface ISeats
{
    /// <summary>How many sensors can be asked at once.</summary>
    public const int Most = 32;

    /// <summary>From now on the sensor is asked and told. Every remembered verdict is dropped.</summary>
    public void Seat(SensorSeat seat);

    /// <summary>
    /// The sensor is gone. Asks that wait for it get the fallback now, and its share of later ones does until a seat of the same name comes.
    /// When this returns, nobody uses its socket any more.
    /// </summary>
    /// <param name="seat">Who was seated.</param>
    /// <param name="failed">It ended, or is about to be ended, for a fault of its own.</param>
    public void Unseat(SensorSeat seat, bool failed);

    /// <summary>The operator took the sensor of this name out of service: it is no longer missed. Every remembered verdict is dropped.</summary>
    public void Dismiss(string name);

    /// <summary>A sensor of this name is wanted but not there (yet): its share of asks gets the fallback.</summary>
    public void Miss(string name, AskKinds asks);
}
