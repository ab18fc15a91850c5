using System.Diagnostics;

namespace Ringwall.Host.Tests.Asks;

/// <summary>tests/probes/hand.c: does one thing to a file from a process of its own.</summary>
internal sealed class Hand : IDisposable
{
    private static readonly Lazy<string> Program = new(Build);
    private readonly Process _process;

    private Hand(Process process) => _process = process;

    public int Pid => _process.Id;

    /// <summary>Does one thing and gives what the hand said: "ok", "error ERRNO" or a count.</summary>
    public static string Do(params string[] arguments)
    {
        using Hand hand = Start(arguments);
        return hand.Finish();
    }

    /// <summary>The same by an ordinary user.</summary>
    public static string DoAs(int user, params string[] arguments) => Do(["-u", $"{user}", .. arguments]);

    /// <summary>Starts something that takes a while, or that goes on.</summary>
    public static Hand Start(params string[] arguments) =>
        new(Process.Start(new ProcessStartInfo(Program.Value, arguments) { RedirectStandardOutput = true, RedirectStandardInput = true })!);

    /// <summary>Gives a line to a hand that obeys, and its answer.</summary>
    public string Say(string word)
    {
        _process.StandardInput.WriteLine(word);
        _process.StandardInput.Flush();
        return Hear();
    }

    /// <summary>One line from the hand.</summary>
    public string Hear()
    {
        Task<string?> line = _process.StandardOutput.ReadLineAsync();
        Assert.True(line.Wait(TimeSpan.FromSeconds(60)), "the hand hangs: an ask was not answered");
        return line.Result ?? "";
    }

    /// <summary>Waits for the end and gives the last line.</summary>
    public string Finish()
    {
        string said = Hear();
        Assert.True(_process.WaitForExit(60_000), "the hand does not end");
        return said;
    }

    public void Kill() => _process.Kill();

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private static string Build()
    {
        string source = Path.Combine(Repository.Root, "tests", "probes", "hand.c");
        string program = Path.Combine(AppContext.BaseDirectory, "hand");
        TestMount.Run("gcc", "-O1", "-Wall", "-Werror", "-o", program, source, "-pthread");
        return program;
    }
}
