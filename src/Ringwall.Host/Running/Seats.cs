using Ringwall.Contract;
using Ringwall.Host.Deliver;
using Ringwall.Host.Deliver.Tells;
using Ringwall.Host.Intake.Asks;

namespace Ringwall.Host.Running;

/// <summary>Seats a sensor with those who ask and those who tell.</summary>
internal sealed class Seats(AnsweringLoop asks, TellDelivery tells) : IServiceSeats
{
    public void Seat(SensorSeat seat)
    {
        tells.Seat(seat);
        asks.Seat(seat);
    }

    public void Unseat(SensorSeat seat, bool failed)
    {
        asks.Unseat(seat);
        tells.Unseat(seat);
    }

    public void SeatBeside(SensorSeat seat) => tells.Seat(seat);

    public void UnseatBeside(SensorSeat seat) => tells.Unseat(seat);

    public void Relieve(SensorSeat? leave, SensorSeat enter) => asks.Relieve(leave, enter);

    public void Dismiss(string name) => asks.Dismiss(name);

    public void Miss(string name, AskKinds wanted) => asks.Miss(name, wanted);
}
