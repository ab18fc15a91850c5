using System.Security.Cryptography;

namespace Ringwall.Trust;

/// <summary>
/// Holds bytes, as they come, to the length and digests that signed metadata states. It keeps none of them: put what was read where nobody uses it until <see cref="Finish"/> has returned.
/// </summary>
// Owns: the running digests. Threads: one at a time. Ordering: Append in order, then Finish once.
public sealed class ContentCheck : IDisposable
{
    private readonly long? _length;
    private readonly string _what;
    private readonly List<(string Expected, IncrementalHash Hash)> _hashes = [];
    private long _seen;

    /// <exception cref="UpdateRejectedException">There are digests, and none that is understood.</exception>
    internal ContentCheck(long? length, DigestSet? digests, string what)
    {
        _length = length;
        _what = what;
        foreach ((string algorithm, string digest) in digests?.ByAlgorithm ?? new Dictionary<string, string>())
        {
            if (DigestSet.LengthOf(algorithm) is not null)
            {
                _hashes.Add((digest, IncrementalHash.CreateHash(new HashAlgorithmName(algorithm.ToUpperInvariant()))));
            }
        }

        if (digests is not null && _hashes.Count == 0)
        {
            UpdateRejectedException.Throw(RejectionReason.NoKnownDigest, $"{what} has no digest that is understood");
        }
    }

    /// <exception cref="UpdateRejectedException">Longer than it should be: stop reading, whatever the other side still sends.</exception>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        _seen += bytes.Length;
        if (_seen > _length)
        {
            UpdateRejectedException.Throw(RejectionReason.TooLong, $"{_what} is longer than {_length} bytes");
        }

        foreach ((_, IncrementalHash hash) in _hashes)
        {
            hash.AppendData(bytes);
        }
    }

    /// <exception cref="UpdateRejectedException">It was not the content that it should be.</exception>
    public void Finish()
    {
        if (_seen < _length)
        {
            UpdateRejectedException.Throw(RejectionReason.TooShort, $"{_what} has {_seen} bytes of {_length}");
        }

        foreach ((string expected, IncrementalHash hash) in _hashes)
        {
            string found = Convert.ToHexStringLower(hash.GetHashAndReset());
            if (found != expected)
            {
                UpdateRejectedException.Throw(RejectionReason.DigestMismatch, $"{_what} has the digest {found}, not {expected}");
            }
        }
    }

    public void Dispose() => _hashes.ForEach(pair => pair.Hash.Dispose());
}
