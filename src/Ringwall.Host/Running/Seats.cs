using Ringwall.Contract;
using Ringwall.Host.Deliver;
using Ringwall.Host.Deliver.Tells;
using Ringwall.Host.Intake.Asks;

namespace Ringwall.Host.Running;

/// <summary>Seats a sensor with those who ask and those who tell.</summary>
internal sealed class Seats(AnsweringLoop asks, TellDelivery tells) : ISeats
{
    public void Seat(SensorSeat seat)
    {
        tells.Seat(seat);
        asks.Seat(seat);
    }

    public void Unseat(SensorSeat seat)
    {
        asks.Unseat(seat);
        tells.Unseat(seat);
    }

    public void Dismiss(string name) => asks.Dismiss(name);

    public void Miss(string name, AskKinds wanted) => asks.Miss(name, wanted);
}
