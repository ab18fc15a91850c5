namespace Ringwall.Sensors.Yara.Abi;

/// <summary>Names the C type that a struct mirrors; the ABI test has the C compiler compare the two.</summary>
[AttributeUsage(AttributeTargets.Struct)]
internal sealed class CStructAttribute(string name, string header) : Attribute
{
    public string Name { get; } = name;

    public string Header { get; } = header;
}
