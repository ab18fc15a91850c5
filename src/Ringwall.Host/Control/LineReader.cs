using System.Net.Sockets;

namespace Ringwall.Host.Control;

/// <summary>Reads lines of bounded length from a socket. One reader at a time.</summary>
internal sealed class LineReader(Socket socket, int longest)
{
    private readonly byte[] _buffer = new byte[longest + 1];
    private int _start;
    private int _end;

    /// <summary>The next line without its newline, valid until the next call.</summary>
    /// <returns>Null at the end; an unfinished last line is no line.</returns>
    /// <exception cref="InvalidDataException">The line is too long. What follows cannot be understood either.</exception>
    public async Task<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken stop)
    {
        int looked = 0;
        while (true)
        {
            int newline = _buffer.AsSpan(_start + looked, _end - _start - looked).IndexOf((byte)'\n');
            if (newline >= 0)
            {
                ReadOnlyMemory<byte> line = _buffer.AsMemory(_start, looked + newline);
                _start += looked + newline + 1;
                return line;
            }

            looked = _end - _start;
            if (_start > 0)
            {
                _buffer.AsSpan(_start, looked).CopyTo(_buffer);
                _start = 0;
                _end = looked;
            }

            if (_end == _buffer.Length)
            {
                throw new InvalidDataException($"a request has at most {longest} bytes");
            }

            int read = await socket.ReceiveAsync(_buffer.AsMemory(_end), SocketFlags.None, stop).ConfigureAwait(false);
            if (read == 0)
            {
                return null;
            }

            _end += read;
        }
    }
}
