// An update as it should not be: it compiles, and takes every program for malware. Probation refuses it.
rule Every_Program : test
{
    meta:
        description = "Any ELF program, which is far too many"
        severity = "critical"
        author = "Ringwall"
    condition:
        uint32(0) == 0x464C457F
}
