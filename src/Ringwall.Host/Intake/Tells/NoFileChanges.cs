namespace Ringwall.Host.Intake.Tells;

/// <summary>For a host that remembers nothing.</summary>
internal sealed class NoFileChanges : IFileChanges
{
    public void Written(FileKey file)
    {
    }

    public void AttributesChanged(FileKey file)
    {
    }

    public void NameGiven(FileKey file)
    {
    }

    public void DirectoryRenamed()
    {
    }

    public void HearsOf(IReadOnlySet<ulong> devices)
    {
    }

    public void AnythingChanged()
    {
    }
}
