using Ringwall.Kernel.Abi;

namespace Ringwall.Kernel.Tests.Seccomp;

/// <summary>Runs a filter as the kernel would, slowly and obviously: classic BPF on one struct seccomp_data.</summary>
internal sealed class FilterMachine(sock_filter[] code)
{
    /// <summary>What a call comes to: SECCOMP_RET_* with its error.</summary>
    public uint Run(uint architecture, int number, params ulong[] arguments)
    {
        byte[] data = new byte[64];
        BitConverter.TryWriteBytes(data.AsSpan(0), number);
        BitConverter.TryWriteBytes(data.AsSpan(4), architecture);
        for (int i = 0; i < arguments.Length; i++)
        {
            BitConverter.TryWriteBytes(data.AsSpan(16 + (8 * i)), arguments[i]);
        }

        uint accumulator = 0;
        for (int at = 0; at < code.Length; at++)
        {
            sock_filter one = code[at];
            switch (one.code)
            {
                case 0x20: accumulator = BitConverter.ToUInt32(data, (int)one.k); break;
                case 0x15: at += accumulator == one.k ? one.jt : one.jf; break;
                case 0x35: at += accumulator >= one.k ? one.jt : one.jf; break;
                case 0x45: at += (accumulator & one.k) != 0 ? one.jt : one.jf; break;
                case 0x06: return one.k;
                default: throw new InvalidOperationException($"instruction {at} has code {one.code:x}");
            }
        }

        throw new InvalidOperationException("the program ended without a return, which the kernel refuses");
    }
}
