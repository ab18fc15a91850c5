// Programs that hide what they are from whoever reads the file.

rule Packed_UPX_Tampered : packer elf
{
    meta:
        description = "ELF program packed with UPX whose marks were removed, so that the tool cannot unpack it"
        severity = "high"
        attack = "T1027.002"
        author = "Ringwall"
    strings:
        $mark = "UPX!"
        $stub = "PROT_EXEC|PROT_WRITE failed."
        $about = "$Info: This file is packed with the UPX executable packer"
    condition:
        // UPX writes its mark after the program headers, before the packed data and at the end. Its own program, whose stubs are
        // in it, carries the mark many times.
        uint32(0) == 0x464C457F and filesize < 32MB and $stub and
        (#mark == 0 or (#mark <= 2 and not $about and not $mark in (0..512)))
}
