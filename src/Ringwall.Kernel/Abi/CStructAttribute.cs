namespace Ringwall.Kernel.Abi;

/// <summary>The C type whose size and field offsets this struct must have, and the headers that declare it. Field names are the C names.</summary>
[AttributeUsage(AttributeTargets.Struct)]
internal sealed class CStructAttribute(string name, params string[] headers) : Attribute
{
    public string Name { get; } = name;

    public string[] Headers { get; } = headers;
}
