namespace Ringwall.Server.Tests.Rollouts;

/// <summary>A client's end of a connection, which notices when the other end closes it between a request and its answer.</summary>
/// <param name="inner">The connection.</param>
/// <param name="asking">What is being asked for by whoever writes.</param>
/// <param name="endedAsync">Called with what was asked and not answered, before the client hears of it.</param>
internal sealed class AskedStream(Stream inner, Func<(SpeakingDevice, long)?> asking, Func<(SpeakingDevice, long), Task> endedAsync) : Stream
{
    private (SpeakingDevice, long)? _asked;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read;
        try
        {
            read = await inner.ReadAsync(buffer, cancellationToken);
        }
        catch (IOException)
        {
            await EndedAsync();
            throw;
        }

        // An empty buffer is for waiting: that ends with 0, too.
        if (read == 0 && buffer.Length > 0)
        {
            await EndedAsync();
        }
        else if (read > 0)
        {
            _asked = null;
        }

        return read;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _asked = asking();
        return inner.WriteAsync(buffer, cancellationToken);
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override void Flush() => inner.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("It is read asynchronously.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("It is written asynchronously.");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private async Task EndedAsync()
    {
        if (_asked is { } asked)
        {
            _asked = null;
            await endedAsync(asked);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
