namespace Ringwall.Kernel.Abi;

/// <summary>The C headers that declare what the class repeats. The ABI test compiles a check of every constant against them.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct)]
internal sealed class CHeadersAttribute(params string[] headers) : Attribute
{
    public string[] Headers { get; } = headers;
}
