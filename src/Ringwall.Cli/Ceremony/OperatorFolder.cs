using Ringwall.Cli.Keys;
using Ringwall.Trust;
using Ringwall.Wire;

namespace Ringwall.Cli.Ceremony;

/// <summary>
/// What an operator keeps: offline/ for keys that are to be carried away, online/ for those that the server needs, and both repositories.
/// </summary>
internal sealed class OperatorFolder(string folder)
{
    /// <summary>Keys that the server signs with, by file: one for each repository and role, so that one can be taken away without the others.</summary>
    private static readonly (string File, string Repository, string Role)[] Online =
    [
        ("vendors-snapshot.pem", RepositoryFolder.Vendors, RoleName.Snapshot),
        ("vendors-timestamp.pem", RepositoryFolder.Vendors, RoleName.Timestamp),
        ("director-targets.pem", RepositoryFolder.Director, RoleName.Targets),
        ("director-snapshot.pem", RepositoryFolder.Director, RoleName.Snapshot),
        ("director-timestamp.pem", RepositoryFolder.Director, RoleName.Timestamp),
    ];

    public string Folder { get; } = folder;

    public string OfflineKeys => Path.Combine(Folder, "offline");

    public string OnlineKeys => Path.Combine(Folder, "online");

    public RepositoryFolder Vendors { get; } = new(folder, RepositoryFolder.Vendors);

    public RepositoryFolder Director { get; } = new(folder, RepositoryFolder.Director);

    public RepositoryFolder Repository(string name) => name == RepositoryFolder.Vendors ? Vendors : Director;

    /// <summary>Makes the keys that were not given, drafts of both roots and of the vendors' first targets file, and signs them with every key that was made here.</summary>
    /// <returns>The files, and how far their signatures are.</returns>
    /// <exception cref="CommandException">The folder is no empty one, or a key cannot be read.</exception>
    public IReadOnlyList<(string File, SigningState State)> Create(OperatorPlan plan)
    {
        if (Directory.Exists(Folder) && Directory.EnumerateFileSystemEntries(Folder).Any())
        {
            throw new CommandException(ExitCode.Usage, Folder, "it is not empty", "name a new folder");
        }

        // Before any key is made: a folder that is half made is none, and cannot be made again.
        RequireReachable(plan.RootThreshold, plan.RootKeys.Count > 0 ? plan.RootKeys.Count : plan.NewRootKeys, "--root-threshold");
        RequireReachable(plan.TargetsThreshold, plan.TargetsKeys.Count > 0 ? plan.TargetsKeys.Count : plan.NewTargetsKeys, "--targets-threshold");
        Directory.CreateDirectory(OfflineKeys);
        Directory.CreateDirectory(OnlineKeys);
        List<string> made = [];
        PublicKey[] root = Keys(plan.RootKeys, plan.NewRootKeys, "root", plan, made);
        PublicKey[] targets = Keys(plan.TargetsKeys, plan.NewTargetsKeys, "targets", plan, made);
        Dictionary<(string, string), PublicKey> online = Online.ToDictionary(
            key => (key.Repository, key.Role), key => KeyFolder.New(Path.Combine(OnlineKeys, key.File), plan.OnlinePassphrase));
        OpenedKey[] opened = [.. made.Select(file => KeyFolder.Open(file, plan.Passphrase))];
        try
        {
            List<(string, SigningState)> states = [];
            foreach (RepositoryFolder repository in (RepositoryFolder[])[Vendors, Director])
            {
                repository.Create();
                RootDraft draft = new() { Expires = plan.RootExpires };
                Array.ForEach(root, key => draft.AddKey(RoleName.Root, key));
                draft.SetThreshold(RoleName.Root, plan.RootThreshold)
                    .AddKey(RoleName.Snapshot, online[(repository.Name, RoleName.Snapshot)])
                    .AddKey(RoleName.Timestamp, online[(repository.Name, RoleName.Timestamp)]);
                if (repository == Vendors)
                {
                    Array.ForEach(targets, key => draft.AddKey(RoleName.Targets, key));
                    draft.SetThreshold(RoleName.Targets, plan.TargetsThreshold);
                }
                else
                {
                    draft.AddKey(RoleName.Targets, online[(repository.Name, RoleName.Targets)]);
                }

                RepositoryFolder.Store(repository.DraftRootFile, FileSigning.Sign(draft.Body()));
                ISigner[] signers = [.. opened.Where(key => root.Any(one => one.Id == key.Key.Id))];
                states.AddRange(repository.SignRoot(signers).Select(state => (repository.RootFile(1), state)));
            }

            // Without a root there is nobody yet whose signature could be asked for.
            RepositoryFolder.Store(Vendors.DraftTargetsFile, FileSigning.Sign(new TargetsDraft { Expires = plan.TargetsExpires }.Body()));
            if (Vendors.Root is not null)
            {
                states.Add((Vendors.TargetsFile, Vendors.SignTargets([.. opened.Where(key => targets.Any(one => one.Id == key.Key.Id))])));
            }

            return states;
        }
        finally
        {
            Array.ForEach(opened, key => key.Dispose());
        }
    }

    private PublicKey[] Keys(IReadOnlyList<string> given, int make, string name, OperatorPlan plan, List<string> made)
    {
        if (given.Count > 0)
        {
            return [.. given.Select(KeyFolder.Public)];
        }

        string[] files = [.. Enumerable.Range(1, make).Select(number => Path.Combine(OfflineKeys, $"{name}-{number}.pem"))];
        made.AddRange(files);
        return [.. files.Select(file => KeyFolder.New(file, plan.Passphrase))];
    }

    private static void RequireReachable(int threshold, int keys, string option)
    {
        if (threshold < 1 || threshold > keys)
        {
            throw new CommandException(ExitCode.Usage, option, $"{threshold} of {keys} keys can never sign", "give more keys, or ask for fewer");
        }
    }
}
