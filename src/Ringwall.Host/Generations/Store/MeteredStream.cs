namespace Ringwall.Host.Generations.Store;

/// <summary>Reads on from another stream for as many bytes as were allowed, and not one more: what a package unpacks to is not the package's choice.</summary>
internal sealed class MeteredStream(Stream from) : Stream
{
    private long _left;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>From here on so many bytes, whatever was left before.</summary>
    public void Allow(long bytes) => _left = bytes;

    /// <exception cref="InvalidDataException">More is read than was allowed.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        if (_left <= 0)
        {
            throw new InvalidDataException("it has more bytes between its files than belong there");
        }

        int count = from.Read(buffer[..(int)Math.Min(buffer.Length, _left)]);
        _left -= count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int ReadByte()
    {
        Span<byte> one = stackalloc byte[1];
        return Read(one) == 0 ? -1 : one[0];
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
