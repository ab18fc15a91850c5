namespace Ringwall.Kernel.Abi;

/// <summary>The type in Bpf/tells.h whose size and field offsets this struct must have. Field names are the C names.</summary>
[AttributeUsage(AttributeTargets.Struct)]
internal sealed class BpfStructAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}
