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

    public string TargetsFile => In("targets.json");

    public string DraftTargetsFile => In("targets.draft.json");

    public static IReadOnlyList<string> Names { get; } = [Vendors, Director];

    /// <summary>The latest root that has all its signatures; null before the first.</summary>
    public RootMetadata? Root => Roots() is [.., var latest] ? Read(latest.File, bytes => RootMetadata.ReadTrusted(bytes)) : null;

    /// <summary>The latest targets file that has all its signatures; null before the first.</summary>
    public TargetsMetadata? Targets => File.Exists(TargetsFile) ? Read(TargetsFile, bytes => TargetsMetadata.Read(bytes, NeedRoot())) : null;

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
    public IReadOnlyList<SigningState> RootState() => Read(DraftRootFile, bytes => SigningState.OfRoot(Root, bytes));

    public SigningState TargetsState()
    {
        RootMetadata root = NeedRoot();
        return Read(DraftTargetsFile, bytes => SigningState.Of("the keys of targets", root.Roles[RoleName.Targets], root.Keys, bytes));
    }

    /// <summary>Signs the draft. When nobody is missing any more it becomes the next root.</summary>
    public IReadOnlyList<SigningState> SignRoot(IEnumerable<ISigner> signers)
    {
        byte[] file = Sign(DraftRootFile, signers);
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
        byte[] file = Sign(DraftTargetsFile, signers);
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
