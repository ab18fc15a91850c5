namespace Ringwall.Kernel.Mounts;

/// <summary>A device's two numbers. They are packed in several ways; this is where that is known.</summary>
public readonly record struct DeviceNumber(uint Major, uint Minor)
{
    /// <summary>Major in the high half, as <see cref="Files.FileIdentity"/> has it.</summary>
    public ulong Packed => ((ulong)Major << 32) | Minor;

    /// <summary>As stat(2) gives it in st_dev: gnu_dev_makedev of sys/sysmacros.h.</summary>
    public ulong StatValue =>
        (Minor & 0xffUL) | ((Major & 0xfffUL) << 8) | ((Minor & ~0xffUL) << 12) | ((Major & ~0xfffUL) << 32);

    /// <summary>The reverse of <see cref="Packed"/>.</summary>
    public static DeviceNumber FromPacked(ulong value) => new((uint)(value >> 32), (uint)value);

    /// <summary>From the kernel's own dev_t (linux/kdev_t.h: 12 bits of major, 20 of minor), as BPF programs read it.</summary>
    public static DeviceNumber FromKernel(uint value) => new(value >> 20, value & 0xf_ffff);

    public override string ToString() => $"{Major}:{Minor}";
}
