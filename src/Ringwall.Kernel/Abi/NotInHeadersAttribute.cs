namespace Ringwall.Kernel.Abi;

/// <summary>A constant that no C header offers to programs; says where it comes from. The ABI test passes it over and counts it.</summary>
[AttributeUsage(AttributeTargets.Field)]
internal sealed class NotInHeadersAttribute(string source) : Attribute
{
    public string Source { get; } = source;
}
