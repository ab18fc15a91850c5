using Ringwall.Server.Running;
using Ringwall.Trust;

namespace Ringwall.Server.Releases;

/// <summary>
/// The keys that this server signs with by itself: snapshot and timestamp of both repositories, and the director's targets. They lie as encrypted key files in one folder, the passphrase in a file of
/// its own (a credential of systemd, a secret of the container platform). Which of them counts for which role, the root says.
/// </summary>
// Owns: the opened keys. Lock: one opener at a time; a key signs under its own lock, since the framework's keys are for one thread at a time.
public sealed partial class OnlineKeyRing(ServerOptions options, ILogger<OnlineKeyRing> log) : IDisposable
{
    public static readonly TimeSpan TimestampLife = TimeSpan.FromDays(1);
    public static readonly TimeSpan SnapshotLife = TimeSpan.FromDays(7);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, OpenedKey> _opened = [];
    private DateTime _readAt;

    private string Folder => options.OnlineKeys ?? Path.Combine(options.State, "online-keys");

    private string PassphraseFile => options.OnlinePassphraseFile ?? Path.Combine(options.State, "online-passphrase");

    /// <summary>Enough keys for a root's snapshot and timestamp.</summary>
    /// <exception cref="RequestRefused">They are not here.</exception>
    internal OnlineKeys For(RootMetadata root) => new(Signers(root, RoleName.Snapshot), Signers(root, RoleName.Timestamp), SnapshotLife, TimestampLife);

    /// <summary>Enough keys for a role of a root.</summary>
    /// <exception cref="RequestRefused">They are not here.</exception>
    internal IReadOnlyList<ISigner> Signers(RootMetadata root, string role)
    {
        RoleKeys who = root.Roles[role];
        lock (_gate)
        {
            string because = "";
            if (Have(who).Count < who.Threshold)
            {
                // A key that came after the last look: an operator is rotating keys.
                because = TryOpen();
            }

            List<ISigner> signers = Have(who);
            return signers.Count >= who.Threshold
                ? signers
                : throw new RequestRefused(ProblemType.OnlineKeysMissing, $"{role} needs {who.Threshold} keys, and {signers.Count} of them are in --online-keys{because}");
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (OpenedKey key in _opened.Values)
            {
                key.Dispose();
            }

            _opened.Clear();
        }
    }

    private List<ISigner> Have(RoleKeys who) => [.. who.KeyIds.Where(_opened.ContainsKey).Select(id => new OneAtATime(_opened[id]))];

    // What cannot be read is a key that is missing, and no reason to end the server, which serves devices without keys, too.
    private string TryOpen()
    {
        try
        {
            Open();
            return "";
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            NotRead(refused.Message);
            return $"; {refused.Message}";
        }
    }

    // Opening costs a tenth of a second for each key, so a folder that has not changed is not read again.
    private void Open()
    {
        DirectoryInfo folder = new(Folder);
        if (!folder.Exists || !File.Exists(PassphraseFile) || folder.LastWriteTimeUtc == _readAt)
        {
            return;
        }

        DateTime looked = folder.LastWriteTimeUtc;
        bool all = true;
        string passphrase = File.ReadLines(PassphraseFile).FirstOrDefault() ?? "";
        foreach (FileInfo file in folder.EnumerateFiles("*.pem"))
        {
            try
            {
                string text = File.ReadAllText(file.FullName);
                if (!_opened.ContainsKey(KeyFile.ReadPublic(text).Id))
                {
                    OpenedKey key = KeyFile.Open(text, passphrase);
                    _opened.Add(key.Key.Id, key);
                }
            }
            catch (Exception refused) when (refused is KeyFileException or IOException or UnauthorizedAccessException)
            {
                all = false;
                NotOpened(file.FullName, refused.Message);
            }
        }

        _readAt = all ? looked : default;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{File} is no key to sign with: {Reason}")]
    private partial void NotOpened(string file, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "the keys to sign with cannot be read: {Reason}")]
    private partial void NotRead(string reason);

    private sealed class OneAtATime(OpenedKey key) : ISigner
    {
        public PublicKey Key => key.Key;

        public byte[] Sign(ReadOnlySpan<byte> message)
        {
            lock (key)
            {
                return key.Sign(message);
            }
        }
    }
}
