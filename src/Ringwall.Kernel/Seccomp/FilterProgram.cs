using System.Runtime.InteropServices;
using Ringwall.Kernel.Abi;
using static Ringwall.Kernel.Abi.linux_seccomp;

namespace Ringwall.Kernel.Seccomp;

/// <summary>Writes a classic BPF program for seccomp(2): what each system call of one architecture comes to.</summary>
internal sealed class FilterProgram
{
    // The first of the numbers that x32, a second set of calls on x86-64, uses: __X32_SYSCALL_BIT of asm/unistd.h.
    private const uint X32Bit = 0x4000_0000;

    // struct seccomp_data; the ABI test checks these against the headers. Little endian: the low half of an argument comes first.
    private const uint OffsetOfNumber = 0;
    private const uint OffsetOfArchitecture = 4;
    private const uint OffsetOfArguments = 16;

    private readonly List<sock_filter> _code = [];

    public FilterProgram(Architecture architecture)
    {
        // A call by another architecture's entry (int 0x80 on x86-64) has other numbers, so no rule below would mean what it says.
        Load(OffsetOfArchitecture);
        Jump(BPF_JEQ, architecture == Architecture.X64 ? AUDIT_ARCH_X86_64 : AUDIT_ARCH_AARCH64, ifTrue: 1, ifFalse: 0);
        Return(SECCOMP_RET_KILL_PROCESS);
        Load(OffsetOfNumber);
        if (architecture == Architecture.X64)
        {
            Jump(BPF_JGE, X32Bit, ifTrue: 0, ifFalse: 1);
            Return(Refusal(Errno.EPERM));
        }
    }

    public ReadOnlySpan<sock_filter> Code => CollectionsMarshal.AsSpan(_code);

    public void Allow(int number) => Rule(number, SECCOMP_RET_ALLOW);

    public void Refuse(int number, int errno) => Rule(number, Refusal(errno));

    /// <summary>Allows the call when one of its arguments, as 32 bits, is in the list.</summary>
    public void AllowWhenOneOf(int number, int argument, ReadOnlySpan<uint> values) =>
        Guarded(number, OneOf(argument, values));

    /// <summary>Allows the call when two of its arguments, as 32 bits, are one value and one of a list.</summary>
    public void AllowWhenBoth(int number, (int Argument, uint Value) first, int argument, ReadOnlySpan<uint> values)
    {
        List<sock_filter> block = [LoadOf(Low(first.Argument)), JumpOf(BPF_JEQ, first.Value, ifTrue: 1, ifFalse: 0), ReturnOf(Refusal(Errno.EPERM))];
        block.AddRange(OneOf(argument, values));
        Guarded(number, block);
    }

    /// <summary>Allows the call when an argument has none of these bits, as far as its low 32 go.</summary>
    public void AllowWithout(int number, int argument, uint bits) =>
        Guarded(number, [.. Without(argument, bits)]);

    /// <summary>Allows the call when an argument, all 64 bits of it, is zero.</summary>
    public void AllowWhenZero(int number, int argument) => Guarded(
        number,
        [
            LoadOf(Low(argument)),
            JumpOf(BPF_JEQ, 0, ifTrue: 0, ifFalse: 3),
            LoadOf(Low(argument) + 4),
            JumpOf(BPF_JEQ, 0, ifTrue: 0, ifFalse: 1),
            ReturnOf(SECCOMP_RET_ALLOW),
            ReturnOf(Refusal(Errno.EPERM)),
        ]);

    /// <summary>Allows the call when an argument is one of a list, or is one more value and a second argument lacks these bits.</summary>
    public void AllowWhenOneOfOrWithout(int number, int argument, ReadOnlySpan<uint> values, uint guarded, (int Argument, uint Bits) second)
    {
        List<sock_filter> block = [LoadOf(Low(argument))];
        sock_filter[] tail = [.. Without(second.Argument, second.Bits)];
        block.Add(JumpOf(BPF_JEQ, guarded, ifTrue: 0, ifFalse: (byte)tail.Length));
        block.AddRange(tail);
        block.AddRange(OneOf(argument, values));
        Guarded(number, block);
    }

    /// <summary>Ends the program: whatever no rule named is refused.</summary>
    public void RefuseTheRest(int errno) => Return(Refusal(errno));

    private static uint Refusal(int errno) => SECCOMP_RET_ERRNO | (uint)errno;

    private static uint Low(int argument) => OffsetOfArguments + (8 * (uint)argument);

    private static sock_filter[] Without(int argument, uint bits) =>
    [
        LoadOf(Low(argument)),
        JumpOf(BPF_JSET, bits, ifTrue: 0, ifFalse: 1),
        ReturnOf(Refusal(Errno.EPERM)),
        ReturnOf(SECCOMP_RET_ALLOW),
    ];

    private static List<sock_filter> OneOf(int argument, ReadOnlySpan<uint> values)
    {
        List<sock_filter> block = [LoadOf(Low(argument))];
        foreach (uint value in values)
        {
            block.Add(JumpOf(BPF_JEQ, value, ifTrue: 0, ifFalse: 1));
            block.Add(ReturnOf(SECCOMP_RET_ALLOW));
        }

        block.Add(ReturnOf(Refusal(Errno.EPERM)));
        return block;
    }

    private static sock_filter LoadOf(uint offset) => new() { code = BPF_LD | BPF_W | BPF_ABS, k = offset };

    private static sock_filter ReturnOf(uint action) => new() { code = BPF_RET | BPF_K, k = action };

    private static sock_filter JumpOf(int test, uint value, byte ifTrue, byte ifFalse) =>
        new() { code = (ushort)(BPF_JMP | test | BPF_K), jt = ifTrue, jf = ifFalse, k = value };

    private void Rule(int number, uint action)
    {
        Jump(BPF_JEQ, (uint)number, ifTrue: 0, ifFalse: 1);
        Return(action);
    }

    // Every path through a block returns, because the block loads arguments over the number that later rules look at.
    private void Guarded(int number, List<sock_filter> block)
    {
        Jump(BPF_JEQ, (uint)number, ifTrue: 0, ifFalse: checked((byte)block.Count));
        _code.AddRange(block);
    }

    private void Load(uint offset) => _code.Add(LoadOf(offset));

    private void Return(uint action) => _code.Add(ReturnOf(action));

    private void Jump(int test, uint value, byte ifTrue, byte ifFalse) => _code.Add(JumpOf(test, value, ifTrue, ifFalse));
}
