using System.Text;
using Ringwall.Kernel.Procfs;

namespace Ringwall.Kernel.Tests.Procfs;

public sealed class ProcfsTests
{
    [Fact]
    public void A_name_with_brackets_and_blanks_does_not_confuse_the_fields()
    {
        string rest = string.Join(' ', Enumerable.Range(5, 15).Select(i => $"{i}"));
        Assert.True(ProcessStat.TryParse(Encoding.UTF8.GetBytes($"12 (a) R 9 (b) S 34 {rest} 7 0 4321 0 0\n"), out ProcessStat stat));
        Assert.Equal(new ProcessStat('S', 34, 7, 4321), stat);
    }

    [Fact]
    public void The_effective_user_is_taken()
    {
        Assert.True(ProcessStatus.TryParse("Name:\tx\nUid:\t1\t2\t3\t4\nGid:\t5\t6\t7\t8\n"u8, out ProcessStatus status));
        Assert.Equal(new ProcessStatus(2, 6), status);
    }

    [Fact]
    public void This_process_reads_itself()
    {
        int self = Environment.ProcessId;
        Assert.True(ProcessStat.TryRead(self, out ProcessStat stat));
        Assert.True(stat.Threads > 1 && stat.StartTicks > 0 && !stat.HasEnded);
        Assert.True(ProcessStatus.TryRead(self, out _));
        byte[] path = new byte[4096];
        int length = ProcessFile.ReadLink(self, "exe"u8, path);
        Assert.Equal(Environment.ProcessPath, Encoding.UTF8.GetString(path, 0, length));
        Assert.Equal(-1, ProcessFile.Read(int.MaxValue, "stat"u8, path));
        Assert.Contains(self, ProcessFile.Pids());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Damaged_files_are_survived_and_what_is_accepted_is_there(int seed)
    {
        Random random = new(seed);
        byte[] stat = File.ReadAllBytes("/proc/self/stat");
        byte[] status = File.ReadAllBytes("/proc/self/status");
        int accepted = 0;
        int refused = 0;
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bad = Damage(stat, random);
            if (ProcessStat.TryParse(bad, out ProcessStat read))
            {
                accepted++;
                string[] words = Encoding.Latin1.GetString(bad)[(Encoding.Latin1.GetString(bad).LastIndexOf(')') + 2)..].Split(' ');
                Assert.Equal(words[0], read.State.ToString());
                Assert.Equal(read.StartTicks, ulong.Parse(words[19]));
            }
            else
            {
                refused++;
            }

            refused += ProcessStatus.TryParse(Damage(status, random), out _) ? 0 : 1;
        }

        Assert.True(accepted > 100 && refused > 100, $"accepted {accepted}, refused {refused}: this run proved nothing");
    }

    private static byte[] Damage(byte[] good, Random random)
    {
        byte[] bad = [.. good.AsSpan(0, random.Next(3) == 0 ? random.Next(good.Length) : good.Length)];
        for (int i = random.Next(0, 5); i > 0 && bad.Length > 0; i--)
        {
            bad[random.Next(bad.Length)] = random.Next(3) switch { 0 => (byte)' ', 1 => (byte)')', _ => (byte)random.Next(256) };
        }

        return bad;
    }
}
