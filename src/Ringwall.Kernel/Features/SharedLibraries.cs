using System.Runtime.InteropServices;

namespace Ringwall.Kernel.Features;

/// <summary>Libraries of the distribution that parts of Ringwall load.</summary>
public static class SharedLibraries
{
    /// <summary>The first that is there.</summary>
    public static FeatureAnswer AnyOf(params string[] names)
    {
        foreach (string name in names)
        {
            if (NativeLibrary.TryLoad(name, out nint handle))
            {
                NativeLibrary.Free(handle);
                return FeatureAnswer.Yes(name);
            }
        }

        return FeatureAnswer.No($"{string.Join(" or ", names)} is not installed");
    }
}
