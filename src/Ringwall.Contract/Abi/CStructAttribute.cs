namespace Ringwall.Contract.Abi;

/// <summary>Names the C struct that a struct mirrors; a test has the C compiler check size and offsets.</summary>
[AttributeUsage(AttributeTargets.Struct)]
internal sealed class CStructAttribute(string name, string header) : Attribute
{
    public string Name { get; } = name;

    public string Header { get; } = header;
}
