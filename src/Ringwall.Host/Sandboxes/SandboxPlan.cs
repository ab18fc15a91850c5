using System.Globalization;
using Ringwall.Contract;
using Ringwall.Host.Configuration;
using Ringwall.Kernel.Cgroups;
using Ringwall.Kernel.Processes;

namespace Ringwall.Host.Sandboxes;

/// <summary>Everything that a sensor gets, decided before anything is started.</summary>
internal sealed record SandboxPlan
{
    private const long Megabyte = 1024 * 1024;
    private const int LockedMemoryBytes = 64 * 1024;
    private const int PendingSignals = 256;
    private const string ScratchTarget = "/scratch";

    // A file in memory has its inode there, too: so many bytes of scratch for each file that may be made.
    private const long BytesPerFile = 16 * 1024;
    private const long LargestFileWithoutQuota = 1024 * Megabyte;

    public required SensorConfiguration Sensor { get; init; }

    public required SensorManifest Manifest { get; init; }

    /// <summary>Name and file of each shared library.</summary>
    public required IReadOnlyDictionary<string, string> Libraries { get; init; }

    public uint User => SensorUser.For(Sensor.RunName);

    public GroupLimits Limits => new(Sensor.Limits.MemoryMb * Megabyte, Sensor.Limits.Processes, Sensor.Limits.CpuPercent);

    /// <summary>Bytes of its scratch folder: it counts to the memory that the sensor may use, and leaves it half of that.</summary>
    public long ScratchBytes => Math.Min(Sensor.Limits.ScratchMb * Megabyte, Limits.MemoryBytes / 2);

    /// <summary>Reads the sensor's folder.</summary>
    /// <exception cref="SandboxException">It is not fit to be started; the message says why.</exception>
    public static SandboxPlan Make(SensorConfiguration sensor, SharedLibraries libraries)
    {
        if (SensorManifestFile.Read(sensor.Folder, out IReadOnlyList<ConfigurationProblem> problems) is not { } manifest)
        {
            throw new SandboxException(string.Join("; ", problems));
        }

        string program = Path.Combine(sensor.Folder, manifest.Executable);
        if (!File.Exists(program))
        {
            throw new SandboxException($"{program}: there is no such program; mend 'executable' in {SensorManifest.FileName}, or unpack the package again");
        }

        IReadOnlyDictionary<string, string> found = libraries.Resolve(manifest.Libraries, out IReadOnlyList<string> missing);
        return missing.Count == 0
            ? new SandboxPlan { Sensor = sensor, Manifest = manifest, Libraries = found }
            : throw new SandboxException(
                $"{string.Join(", ", missing)}: not in the system's library folders; install the package that has it (apt-file search), "
                + $"or mend 'libraries' in {SensorManifest.FileName}");
    }

    /// <summary>The launcher's command line.</summary>
    /// <param name="launcher">The launcher's path.</param>
    /// <param name="root">An empty directory that the sandbox is built on.</param>
    /// <param name="memoryIsBounded">Whether a control group bounds the memory.</param>
    /// <param name="scratchFolder">A folder of the machine for its scratch, where that has no bound; null otherwise.</param>
    public IReadOnlyList<string> LauncherArguments(string launcher, string root, bool memoryIsBounded, string? scratchFolder = null)
    {
        string user = User.ToString(CultureInfo.InvariantCulture);
        List<string> line = [launcher, "--root", root, "--uid", user, "--gid", user, "--host", Sensor.Name];
        ShowFiles(line);
        ShowMachine(line);
        GiveScratch(line, scratchFolder);
        SetLimits(line, memoryIsBounded);
        foreach (string variable in Environment())
        {
            line.AddRange(["--env", variable]);
        }

        line.AddRange(["--", $"/sensor/{Manifest.Executable}", .. Manifest.Arguments]);
        return line;
    }

    private void ShowFiles(List<string> line)
    {
        line.AddRange(["--exec", Sensor.Folder, "/sensor"]);
        for (int i = 0; i < Sensor.Content.Count; i++)
        {
            line.AddRange(["--read", Sensor.Content[i], $"/content/{i}"]);
        }

        // One folder under all the names that loaders look for.
        foreach (string alias in (string[])["/lib64", "/usr/lib", "/usr/lib64"])
        {
            line.AddRange(["--link", alias, "/lib"]);
        }

        line.AddRange(["--link", $"/lib/{SharedLibraries.Triplet}", "."]);
        foreach ((string name, string file) in Libraries)
        {
            line.AddRange(["--exec", file, $"/lib/{name}"]);
        }

        if (File.Exists(SharedLibraries.Loader))
        {
            line.AddRange(["--exec", SharedLibraries.Loader, $"/lib/{Path.GetFileName(SharedLibraries.Loader)}"]);
        }
    }

    // What a program may learn about the machine: how many processors it has, and how much memory there is for it.
    private void ShowMachine(List<string> line)
    {
        foreach (string device in (string[])["/dev/null", "/dev/zero", "/dev/urandom"])
        {
            line.AddRange(["--device", device, device]);
        }

        foreach (string file in (string[])["/sys/devices/system/cpu/possible", "/sys/devices/system/cpu/online"])
        {
            if (File.Exists(file))
            {
                line.AddRange(["--file", file, File.ReadAllText(file)]);
            }
        }

        long kilobytes = Sensor.Limits.MemoryMb * 1024L;
        line.AddRange(["--file", "/proc/meminfo", $"MemTotal: {kilobytes} kB\nMemFree: {kilobytes} kB\nMemAvailable: {kilobytes} kB\n"]);
    }

    private void GiveScratch(List<string> line, string? folder)
    {
        if (folder is not null)
        {
            line.AddRange(["--scratch-folder", folder, ScratchTarget]);
        }
        else if (ScratchBytes > 0)
        {
            line.AddRange([
                "--scratch", ScratchTarget, ScratchBytes.ToString(CultureInfo.InvariantCulture), (ScratchBytes / BytesPerFile).ToString(CultureInfo.InvariantCulture)]);
        }
    }

    private void SetLimits(List<string> line, bool memoryIsBounded)
    {
        Set(LimitKind.Descriptors, Math.Min((ulong)Sensor.Limits.Descriptors, ProcessLimits.Hard(LimitKind.Descriptors)));
        Set(LimitKind.Tasks, (ulong)Sensor.Limits.Processes);

        // Twice what fits: a full folder is to be an error of the write, and this limit is a signal that kills.
        Set(LimitKind.FileSize, (ulong)(Sensor.Limits.ScratchMb == SensorLimits.NoQuota ? LargestFileWithoutQuota : 2 * ScratchBytes));
        Set(LimitKind.CoreDump, 1);
        Set(LimitKind.LockedMemory, LockedMemoryBytes);
        Set(LimitKind.PendingSignals, PendingSignals);
        Set(LimitKind.MessageQueues, 0);
        Set(LimitKind.Nice, 0);
        Set(LimitKind.RealTime, 0);
        if (!memoryIsBounded)
        {
            Set(LimitKind.PrivateMemory, (ulong)Limits.MemoryBytes);
        }

        void Set(LimitKind kind, ulong value) => line.AddRange(["--limit", $"{kind}", value.ToString(CultureInfo.InvariantCulture)]);
    }

    private List<string> Environment()
    {
        // Three quarters for the managed heap leaves a quarter for code, stacks and what is not managed.
        long heap = Limits.MemoryBytes / 4 * 3;
        int processors = Math.Clamp((Sensor.Limits.CpuPercent + 99) / 100, 1, System.Environment.ProcessorCount);
        return
        [
            $"{Protocol.SocketVariable}={Protocol.SocketDescriptor}",
            "HOME=/",
            .. Sensor.Limits.ScratchMb == 0 ? (string[])[] : [$"TMPDIR={ScratchTarget}"],
            "LANG=C.UTF-8",

            // For sensors on .NET; others have no use for them. Without the first the runtime wants memfd_create, which the filter refuses.
            "DOTNET_EnableWriteXorExecute=0",
            "DOTNET_EnableDiagnostics=0",
            "DOTNET_TieredPGO=0",
            "DOTNET_gcConcurrent=0",
            string.Create(CultureInfo.InvariantCulture, $"DOTNET_GCHeapHardLimit=0x{heap:x}"),
            string.Create(CultureInfo.InvariantCulture, $"DOTNET_PROCESSOR_COUNT={processors:x}"),
        ];
    }
}
