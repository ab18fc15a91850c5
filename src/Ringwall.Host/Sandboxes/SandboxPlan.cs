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

    public required SensorConfiguration Sensor { get; init; }

    public required SensorManifest Manifest { get; init; }

    /// <summary>Name and file of each shared library.</summary>
    public required IReadOnlyDictionary<string, string> Libraries { get; init; }

    public uint User => SensorUser.For(Sensor.RunName);

    public GroupLimits Limits => new(Sensor.Limits.MemoryMb * Megabyte, Sensor.Limits.Processes, Sensor.Limits.CpuPercent);

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
    public IReadOnlyList<string> LauncherArguments(string launcher, string root, bool memoryIsBounded)
    {
        string user = User.ToString(CultureInfo.InvariantCulture);
        List<string> line = [launcher, "--root", root, "--uid", user, "--gid", user, "--host", Sensor.Name];
        ShowFiles(line);
        ShowMachine(line);
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

    private void SetLimits(List<string> line, bool memoryIsBounded)
    {
        Set(LimitKind.Descriptors, Math.Min((ulong)Sensor.Limits.Descriptors, ProcessLimits.Hard(LimitKind.Descriptors)));
        Set(LimitKind.Tasks, (ulong)Sensor.Limits.Processes);
        Set(LimitKind.FileSize, 0);
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
        int processors = Math.Max(1, (Sensor.Limits.CpuPercent + 99) / 100);
        return
        [
            $"{Protocol.SocketVariable}={Protocol.SocketDescriptor}",
            "HOME=/",
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
