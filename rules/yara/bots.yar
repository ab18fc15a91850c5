// Programs that make the machine one of many.

rule Bot_Mirai_Family : bot elf
{
    meta:
        description = "ELF program with the flooding and spreading parts of the Mirai family"
        severity = "critical"
        attack = "T1498"
        author = "Ringwall"
    strings:
        $flood = "TSource Engine Query"
        $busybox = /\/bin\/busybox\s([A-Z]{4,12}|wget|tftp|chmod|cat|ps)\b/
        $watchdog1 = "/dev/watchdog\x00"
        $watchdog2 = "/dev/misc/watchdog\x00"
        $scan = "/proc/net/tcp\x00"
        $prompt = "enable\x00system\x00shell\x00sh\x00"
        $exploit1 = "/GponForm/diag_Form"
        $exploit2 = "/ctrlt/DeviceUpgrade_1"
        $exploit3 = "POST /cdn-cgi/"
    condition:
        uint32(0) == 0x464C457F and filesize < 4MB and
        (
            ($flood and 2 of ($busybox, $watchdog1, $watchdog2, $scan, $prompt, $exploit1, $exploit2, $exploit3)) or
            ($busybox and any of ($exploit*) and ($prompt or all of ($watchdog*)))
        )
}
