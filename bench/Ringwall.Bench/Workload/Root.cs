using System.Globalization;
using System.Text;
using Ringwall.Bench.Running;

namespace Ringwall.Bench.Workload;

/// <summary>
/// A small root on the field with a compiler, git, tar, find, a C project below /home and the machine's /usr/share (names, no contents). What
/// runs in it opens and executes nothing outside of the field, so the field's guard sees all of the job and nothing of the rest of the machine.
/// </summary>
internal sealed class Root
{
    private const int SourceFiles = 60;
    private const int FunctionsPerFile = 10;

    private static readonly string[] Programs = ["bash", "sh", "make", "gcc", "as", "ld", "git", "tar", "find", "rm", "chroot", "env", "true"];

    public Root(Workshop workshop)
    {
        Folder = Path.Combine(workshop.Field, "root");
        foreach (string folder in (string[])["usr/bin", "usr/lib", "usr/lib64", "usr/sbin", "home/project", "tmp", "dev", "root"])
        {
            Directory.CreateDirectory(Path.Combine(Folder, folder));
        }

        foreach (string link in (string[])["bin", "lib", "lib64", "sbin"])
        {
            File.CreateSymbolicLink(Path.Combine(Folder, link), $"usr/{link}");
        }

        CopyToolchain();
        _ = Tool.Require("cp", "-a", "--attributes-only", "/usr/share", Path.Combine(Folder, "usr"));
        _ = Tool.Require("cp", "-a", "/dev/null", "/dev/zero", "/dev/urandom", Path.Combine(Folder, "dev"));
        WriteProject();
    }

    public string Folder { get; }

    /// <summary>Where opens are guarded, as /home and /tmp are by default.</summary>
    public string Home => Path.Combine(Folder, "home");

    public string Tmp => Path.Combine(Folder, "tmp");

    /// <summary>Runs the job's parts one after the other. Seconds by name, and "cpu_s" for all of them.</summary>
    public Dictionary<string, double> RunJob()
    {
        (string Name, string Command)[] parts =
        [
            ("build_s", $"make -s -j{Environment.ProcessorCount}"),
            ("git_s", "git status --porcelain"),
            ("tar_s", "tar cf /tmp/project.tar ."),
            ("find_s", "find /usr/share -type f"),
        ];
        var seconds = new Dictionary<string, double>();
        double cpu = 0;
        _ = InRoot("make -s clean; rm -f /tmp/project.tar");
        foreach ((string name, string command) in parts)
        {
            string[] times = InRoot($"TIMEFORMAT='%R %U %S'; time {{ {command} > /dev/null; }}").Split('\n')[^1].Split(' ');
            double[] numbers = [.. times.Select(time => double.Parse(time, CultureInfo.InvariantCulture))];
            seconds[name] = numbers[0];
            cpu += numbers[1] + numbers[2];
        }

        seconds["total_s"] = seconds.Values.Sum();
        seconds["cpu_s"] = cpu;
        return seconds;
    }

    private string InRoot(string command)
    {
        (int exit, _, string errors) = Tool.Run("chroot", Folder, "/bin/bash", "-c", $"export HOME=/root PATH=/usr/bin LC_ALL=C; cd /home/project && {command}");
        return exit == 0 ? errors : throw new BenchException($"the job's '{command}' ended with {exit}: {errors}");
    }

    private void CopyToolchain()
    {
        var files = new HashSet<string>();
        foreach (string program in Programs)
        {
            string path = Which(program);
            Copy(path, $"/usr/bin/{program}");
            files.Add(path);
        }

        string version = Tool.Require("gcc", "-print-file-name=crtbegin.o");
        string compiler = Path.GetDirectoryName(version)!;
        Directory.CreateDirectory(Path.GetDirectoryName(Folder + compiler)!);
        _ = Tool.Require("cp", "-a", compiler, Path.GetDirectoryName(Folder + compiler)!);
        string cc1 = Tool.Require("gcc", "-print-prog-name=cc1");
        string collect2 = Tool.Require("gcc", "-print-prog-name=collect2");
        string plugin = Path.Combine(Path.GetDirectoryName(cc1)!, "liblto_plugin.so");
        foreach (string part in (string[])[cc1, collect2, Path.Combine(Path.GetDirectoryName(cc1)!, "lto-wrapper"), plugin])
        {
            if (File.Exists(part))
            {
                Copy(part, part);
                files.Add(part);
            }
        }

        _ = Tool.Require("cp", "-a", "/usr/include", Path.Combine(Folder, "usr"));
        foreach (string name in (string[])["crt1.o", "Scrt1.o", "crti.o", "crtn.o", "libc.so", "libc_nonshared.a", "libm.so", "libgcc_s.so.1", "libc.so.6", "libm.so.6", "libmvec.so.1"])
        {
            string file = $"/usr/lib/x86_64-linux-gnu/{name}";
            if (File.Exists(file))
            {
                Copy(file, file);
            }
            else if (File.Exists($"/lib/x86_64-linux-gnu/{name}"))
            {
                Copy($"/lib/x86_64-linux-gnu/{name}", file);
            }
        }

        foreach (string library in files.SelectMany(Libraries).Distinct())
        {
            Copy(library, library.StartsWith("/usr", StringComparison.Ordinal) ? library : $"/usr{library}");
        }
    }

    private static IEnumerable<string> Libraries(string program)
    {
        foreach (string line in Tool.Run("ldd", program).Output.Split('\n'))
        {
            string? path = line.Split(' ', '\t').FirstOrDefault(part => part.StartsWith('/'));
            if (path is not null)
            {
                yield return path;
            }
        }
    }

    private static string Which(string program)
    {
        foreach (string folder in (string[])["/usr/bin", "/bin", "/usr/sbin", "/sbin"])
        {
            string path = Path.Combine(folder, program);
            if (File.Exists(path))
            {
                return path;
            }
        }

        throw new BenchException($"the job needs {program}, which is not installed");
    }

    private void Copy(string from, string to)
    {
        string place = Folder + to;
        Directory.CreateDirectory(Path.GetDirectoryName(place)!);
        if (!File.Exists(place))
        {
            _ = Tool.Require("cp", "-L", "--preserve=mode", from, place);
        }
    }

    private void WriteProject()
    {
        string project = Path.Combine(Home, "project");
        var main = new StringBuilder("#include <stdio.h>\n");
        for (int file = 0; file < SourceFiles; file++)
        {
            var c = new StringBuilder("#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n#include <time.h>\n#include \"project.h\"\n");
            for (int function = 0; function < FunctionsPerFile; function++)
            {
                c.AppendLine($$"""
                    int f{{file}}_{{function}}(const char *text, int times)
                    {
                        char buffer[256];
                        int sum = {{function}};
                        for (int i = 0; i < times; i++) {
                            snprintf(buffer, sizeof buffer, "%s-%d-%d", text, i, sum);
                            sum += (int)strlen(buffer) ^ (i * {{file + 3}});
                            if (sum % {{function + 2}} == 0) sum -= atoi(buffer + 1);
                        }
                        return sum;
                    }
                    """);
            }

            File.WriteAllText(Path.Combine(project, $"part{file}.c"), c.ToString());
            main.AppendLine($"int f{file}_0(const char *, int);");
        }

        main.AppendLine("int main(void) { int sum = 0;");
        for (int file = 0; file < SourceFiles; file++)
        {
            main.AppendLine($"sum += f{file}_0(\"x\", 3);");
        }

        main.AppendLine("printf(\"%d\\n\", sum); return 0; }");
        File.WriteAllText(Path.Combine(project, "main.c"), main.ToString());
        File.WriteAllText(Path.Combine(project, "project.h"), "#pragma once\n#include <stddef.h>\n");
        File.WriteAllText(Path.Combine(project, "Makefile"), """
            objects := $(patsubst %.c,%.o,$(wildcard *.c))
            program: $(objects)
            	gcc -o $@ $^
            %.o: %.c project.h
            	gcc -O1 -c -o $@ $<
            clean:
            	rm -f program $(objects)

            """);
        File.WriteAllText(Path.Combine(project, ".gitignore"), "*.o\nprogram\n");
        _ = InRoot("git init -q . && git add -A && git -c user.name=bench -c user.email=bench@localhost commit -qm project");
    }
}
