using Ringwall.Trust;
using Ringwall.Wire;

namespace Ringwall.Cli.Ceremony;

/// <summary>
/// What an operator has of one repository in a folder: every root, the latest targets file of the operator's own, and drafts that wait for signatures. The files are those that are published; the
/// folder can be carried to a machine without a network and back.
/// </summary>
internal sealed class RepositoryFolder(string folder, string name)
{
    public const string Vendors = "vendors";
    public const string Director = "director";

    public string Name { get; } = name;

    public string DraftRootFile => In("root.draft.json");

    /// <summary>Whether a next root is being drawn up. A draft that became a root before whoever signed last could remove it is none.</summary>
    public bool HasRootDraft => File.Exists(DraftRootFile) && Read(DraftRootFile, RootMetadata.ReadDraft).Version > (Root?.Version ?? 0);

    public string TargetsFile => In("targets.json");

    public string DraftTargetsFile => In("targets.draft.json");

    /// <summary>The same of the vendors' targets file.</summary>
    public bool HasTargetsDraft => File.Exists(DraftTargetsFile) && Read(DraftTargetsFile, TargetsMetadata.ReadDraft).Version > (Targets?.Version ?? 0);

    public static IReadOnlyList<string> Names { get; } = [Vendors, Director];

    /// <summary>The latest root that has all its signatures; null before the first.</summary>
    public RootMetadata? Root => Roots() is [.., var latest] ? Read(latest.File, bytes => RootMetadata.ReadTrusted(bytes)) : null;

    /// <summary>The latest targets file that has all its signatures, by whichever root it had them: after a key was taken away, the next file is drafted from it. Null before the first.</summary>
    public TargetsMetadata? Targets => File.Exists(TargetsFile) ? Read(TargetsFile, ReadTargets) : null;

    /// <summary>The latest targets file, believed by those who have the latest root; null before the first.</summary>
    /// <exception cref="CommandException">That root took away the keys that have signed it.</exception>
    public TargetsMetadata? TargetsToPublish()
    {
        if (Targets is { } targets && SigningState.Of("", NeedRoot().Roles[RoleName.Targets], NeedRoot().Keys, targets.File.Bytes) is { IsEnough: false })
        {
            throw new CommandException(
                ExitCode.NotDone, TargetsFile, $"root {NeedRoot().Version} took away the keys that have signed it", "`ringwall operator vendors draft`, let the new keys sign with `ringwall operator vendors sign`, then publish both");
        }

        return Targets;
    }

    public string RootFile(long version) => In($"{version}.root.json");

    /// <summary>Every root that has all its signatures, oldest first.</summary>
    public IReadOnlyList<(long Version, string File)> Roots()
    {
        List<(long, string)> roots = [];
        while (File.Exists(RootFile(roots.Count + 1)))
        {
            roots.Add((roots.Count + 1, RootFile(roots.Count + 1)));
        }

        return roots;
    }

    public RootMetadata NeedRoot() => Root ?? throw new CommandException(ExitCode.NotDone, RootFile(1), "there is no root with all its signatures yet", "let those who hold its keys sign the draft: `ringwall operator root sign`");

    public void Create() => Directory.CreateDirectory(Path.Combine(folder, Name));

    /// <summary>Who has signed the draft of the next root, and who may.</summary>
    public IReadOnlyList<SigningState> RootState() => Read(NeedDraft(HasRootDraft, DraftRootFile), bytes => SigningState.OfRoot(Root, bytes));

    public SigningState TargetsState()
    {
        RootMetadata root = NeedRoot();
        return Read(NeedDraft(HasTargetsDraft, DraftTargetsFile), bytes => SigningState.Of("the keys of targets", root.Roles[RoleName.Targets], root.Keys, bytes));
    }

    /// <summary>Signs the draft. When nobody is missing any more it becomes the next root.</summary>
    public IReadOnlyList<SigningState> SignRoot(IEnumerable<ISigner> signers)
    {
        byte[] file = Sign(NeedDraft(HasRootDraft, DraftRootFile), signers);
        IReadOnlyList<SigningState> states = RootState();
        if (states.All(state => state.IsEnough))
        {
            RootMetadata root = Read(DraftRootFile, bytes => Root is { } before ? before.ReadNext(bytes) : RootMetadata.ReadTrusted(bytes));
            Store(RootFile(root.Version), file);
            File.Delete(DraftRootFile);
        }

        return states;
    }

    /// <summary>Signs the draft. When nobody is missing any more it becomes the targets file.</summary>
    public SigningState SignTargets(IEnumerable<ISigner> signers)
    {
        byte[] file = Sign(NeedDraft(HasTargetsDraft, DraftTargetsFile), signers);
        SigningState state = TargetsState();
        if (state.IsEnough)
        {
            Store(TargetsFile, file);
            File.Delete(DraftTargetsFile);
        }

        return state;
    }

    public static byte[] Sign(string path, IEnumerable<ISigner> signers)
    {
        byte[] file = signers.Aggregate(Bytes(path), FileSigning.AddSignature);
        Store(path, file);
        return file;
    }

    /// <summary>Reads a file of the repository; what is wrong with it becomes words.</summary>
    public static T Read<T>(string path, Func<byte[], T> read)
    {
        try
        {
            return read(Bytes(path));
        }
        catch (UpdateRejectedException refused)
        {
            throw new CommandException(ExitCode.Usage, path, refused.Message.TrimEnd('.'), "");
        }
    }

    /// <summary>Whoever is interrupted has the file before or this one, whole.</summary>
    public static void Store(string path, byte[] bytes)
    {
        try
        {
            string beside = $"{path}.new";
            using (FileStream to = new(beside, FileMode.Create, FileAccess.Write))
            {
                to.Write(bytes);
                to.Flush(flushToDisk: true);
            }

            File.Move(beside, path, overwrite: true);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.NotDone, path, refused.Message.TrimEnd('.'), "name a folder that can be written");
        }
    }

    private static string NeedDraft(bool has, string file) => has ? file : throw new CommandException(ExitCode.NotDone, file, "there is no draft to sign", "begin one: `draft`, or `rotate` for a root");

    private TargetsMetadata ReadTargets(byte[] bytes)
    {
        foreach ((long _, string file) in Roots().Reverse())
        {
            RootMetadata root = Read(file, one => RootMetadata.ReadTrusted(one));
            if (SigningState.Of("", root.Roles[RoleName.Targets], root.Keys, bytes).IsEnough)
            {
                return TargetsMetadata.Read(bytes, root);
            }
        }

        return TargetsMetadata.Read(bytes, NeedRoot());
    }

    private static byte[] Bytes(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.NotDone, path, refused.Message.TrimEnd('.'), "is this the right folder? see --dir");
        }
    }

    private string In(string file) => Path.Combine(folder, Name, file);
}
