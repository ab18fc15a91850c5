namespace Ringwall.Trust;

/// <summary>What a refresh or a search asks of its caller, one step at a time; Trust itself reads and writes nothing.</summary>
public abstract class UpdateStep
{
    private UpdateStep(string role) => Role = role;

    public string Role { get; }

    /// <summary>Fetch a file and <see cref="Supply"/> it before going on. Going on without says that it is not to be had.</summary>
    public sealed class Fetch : UpdateStep
    {
        private byte[]? _content;

        internal Fetch(string role, string fileName, long mostBytes)
            : base(role)
        {
            FileName = fileName;
            MostBytes = mostBytes;
        }

        /// <summary>Below the address of the repository's metadata; escaped already.</summary>
        public string FileName { get; }

        /// <summary>Stop reading beyond: what is longer is refused anyway.</summary>
        public long MostBytes { get; }

        internal bool IsSupplied => _content is not null;

        public void Supply(byte[] content) => _content = content;

        internal byte[] Content()
        {
            if (_content is null)
            {
                throw new UpdateRejectedException(RejectionReason.Unavailable, $"{FileName} is not to be had");
            }

            if (_content.Length > MostBytes)
            {
                UpdateRejectedException.Throw(RejectionReason.TooLong, $"{FileName} is longer than {MostBytes} bytes");
            }

            return _content;
        }
    }

    /// <summary>Write this to storage that survives, in place of what the role had, before going on.</summary>
    public sealed class Keep : UpdateStep
    {
        internal Keep(string role, byte[] content)
            : base(role) => Content = content;

        public byte[] Content { get; }
    }

    /// <summary>Remove what the role has from storage, before going on.</summary>
    public sealed class Forget : UpdateStep
    {
        internal Forget(string role)
            : base(role)
        {
        }
    }
}
