namespace Ringwall.Server.Health;

/// <summary>Which devices have a batch on its way into the database, so that none has two.</summary>
/// <remarks>Asked with every report: a byte for each device, in pieces that come to be when one of their devices sends. It takes no lock and, after that, no memory.</remarks>
// Threads: any.
internal sealed class SendingDevices
{
    private const int PieceBits = 16;

    private readonly byte[]?[] _pieces = new byte[1 << (31 - PieceBits)][];

    /// <returns>False while an earlier batch of the same device is not through.</returns>
    public bool TryEnter(int number) => Interlocked.Exchange(ref Place(number), 1) == 0;

    public void Leave(int number) => Volatile.Write(ref Place(number), 0);

    private ref byte Place(int number)
    {
        ref byte[]? piece = ref _pieces[number >> PieceBits];
        byte[] places = Volatile.Read(ref piece) ?? Interlocked.CompareExchange(ref piece, new byte[1 << PieceBits], null) ?? piece;
        return ref places[number & ((1 << PieceBits) - 1)];
    }
}
