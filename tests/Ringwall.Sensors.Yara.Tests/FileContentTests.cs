using Microsoft.Win32.SafeHandles;
using Ringwall.Sensors.Yara.Reading;

namespace Ringwall.Sensors.Yara.Tests;

public sealed class FileContentTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FileContent _content = new();

    public void Dispose()
    {
        _content.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(100_000, 100_000)]
    [InlineData(300_000, 10)]         // grew since its size was told
    [InlineData(10, 300_000)]         // was cut since
    [InlineData(5_000, -1)]
    public void The_whole_file_is_read_whatever_its_size_was_said_to_be(int length, long told)
    {
        byte[] bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        using SafeFileHandle file = File.OpenHandle(_folder.Write("file", bytes));

        Assert.Equal(ReadOutcome.Whole, _content.Read(Number(file), told, 1 << 20));
        Assert.Equal(bytes, _content.Bytes.ToArray());
    }

    [Theory]
    [InlineData(1_000, true)]
    [InlineData(1_001, false)]
    [InlineData(500_000, false)]
    public void A_file_above_the_limit_is_not_read_even_when_it_was_said_to_be_small(int length, bool fits)
    {
        ReadOutcome expected = fits ? ReadOutcome.Whole : ReadOutcome.TooLarge;
        using SafeFileHandle file = File.OpenHandle(_folder.Write("file", new byte[length]));
        Assert.Equal(expected, _content.Read(Number(file), 10, limit: 1_000));
        Assert.Equal(expected, _content.Read(Number(file), length, limit: 1_000));
        Assert.Equal(fits ? length : 0, _content.Bytes.Length);
    }

    [Fact]
    public void A_refusal_is_told_and_a_smaller_file_after_a_larger_one_is_read_right()
    {
        string path = _folder.Write("file", new byte[3 << 20]);
        using SafeFileHandle large = File.OpenHandle(path);
        Assert.Equal(ReadOutcome.Whole, _content.Read(Number(large), 3 << 20, 1 << 23));
        _content.Shrink();

        using SafeFileHandle notReadable = File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        Assert.Equal(ReadOutcome.Refused, _content.Read(Number(notReadable), 10, 100));
        Assert.Equal(9, _content.Errno);    // EBADF

        using SafeFileHandle small = File.OpenHandle(_folder.Write("small", "abc"));
        Assert.Equal(ReadOutcome.Whole, _content.Read(Number(small), 3, 100));
        Assert.Equal("abc"u8.ToArray(), _content.Bytes.ToArray());
    }

    [Fact]
    public void The_shared_offset_of_the_descriptor_stays_where_it_is()
    {
        using FileStream stream = File.OpenRead(_folder.Write("file", "0123456789"));
        stream.Position = 4;
        Assert.Equal(ReadOutcome.Whole, _content.Read(Number(stream.SafeFileHandle), 10, 100));
        Assert.Equal('4', stream.ReadByte());
    }

    [Fact]
    public void Only_regular_files_have_an_identity_and_it_changes_with_the_file()
    {
        string path = _folder.Write("file", "a");
        using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        Assert.True(FileIdentity.TryOf(Number(file), out FileIdentity before));
        Assert.Equal(1, before.Size);
        RandomAccess.Write(file, "bb"u8, 0);
        Assert.True(FileIdentity.TryOf(Number(file), out FileIdentity after));
        Assert.NotEqual(before, after);
        Assert.Equal(before.Inode, after.Inode);

        using SafeFileHandle device = File.OpenHandle("/dev/null");
        Assert.False(FileIdentity.TryOf(Number(device), out _));
    }

    private static int Number(SafeFileHandle file) => (int)file.DangerousGetHandle();
}
