using System.Text;
using System.Text.Json.Serialization;
using Ringwall.Kernel.Files;

namespace Ringwall.Host.Responses;

/// <summary>Everything about a file that was moved into the vault, so that it can be put back as it was.</summary>
internal sealed record QuarantinedFile
{
    /// <summary>Where it was: absolute, as bytes because paths are.</summary>
    public required byte[] Path { get; init; }

    public ulong Device { get; init; }

    public ulong Inode { get; init; }

    public long Size { get; init; }

    /// <summary>How many names it had. The others still lead to the content.</summary>
    public uint Links { get; init; }

    /// <summary>SHA-256 of the content, hexadecimal.</summary>
    public required string Digest { get; init; }

    public required FileBelongings Belongings { get; init; }

    /// <summary>What it is called while it is on its way, in and back: nothing that anybody could have guessed before.</summary>
    public required string Aside { get; init; }

    /// <summary>The folder that it was in.</summary>
    public ulong FolderDevice { get; init; }

    public ulong FolderInode { get; init; }

    /// <summary>The folders of the path from the top, so that those that are gone can be made again.</summary>
    public required IReadOnlyList<FolderOwner> Folders { get; init; }

    /// <summary>The content is in the vault. False: it was left out by a rehearsal, and nothing can be put back.</summary>
    public bool Kept { get; init; } = true;

    [JsonIgnore]
    public string ShownPath => Encoding.UTF8.GetString(Path);

    [JsonIgnore]
    public ReadOnlySpan<byte> Folder => Path.AsSpan(0, Math.Max(1, Path.AsSpan().LastIndexOf((byte)'/')));

    [JsonIgnore]
    public ReadOnlySpan<byte> Name => Path.AsSpan(Path.AsSpan().LastIndexOf((byte)'/') + 1);
}

/// <summary>Whose a folder was.</summary>
internal sealed record FolderOwner(uint Owner, uint Group, uint Mode);
