namespace Ringwall.Host.Tests;

/// <summary>Tests that load the real kernel run one after another.</summary>
[CollectionDefinition("kernel", DisableParallelization = true)]
public sealed class KernelCollection;
