namespace Ringwall.Host.Deliver;

/// <summary>The seats of those whose verdicts count, and of those who stand ready to take their place.</summary>
internal interface IServiceSeats : ISeats
{
    /// <summary>The sensor is told what happens, and not asked: its verdicts would not count.</summary>
    public void SeatBeside(SensorSeat seat);

    /// <summary>A sensor that was only told is gone. When this returns, nobody tells it any more.</summary>
    public void UnseatBeside(SensorSeat seat);

    /// <summary>
    /// Between two asks, one takes the other's place: what the other has been asked and has not answered is asked of the new one, within the same deadline. Both
    /// go on being told. Every remembered verdict is dropped. When this returns, the socket of the one that left is received from no more.
    /// </summary>
    /// <param name="leave">Who was asked so far; null when nobody of that name is there.</param>
    /// <param name="enter">Who is asked from now on.</param>
    public void Relieve(SensorSeat? leave, SensorSeat enter);
}
