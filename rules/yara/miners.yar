// Programs that mine coins with somebody else's electricity, and their configuration.

rule Miner_Configuration : miner
{
    meta:
        description = "Configuration of a Monero miner of the XMRig family"
        severity = "medium"
        attack = "T1496"
        author = "Ringwall"
    strings:
        $donate = /"donate-(level|over-proxy)"\s{0,4}:/
        $pools = /"pools"\s{0,4}:\s{0,8}\[/
        $stratum = /"url"\s{0,4}:\s{0,4}"(stratum\+(tcp|ssl):\/\/)?[A-Za-z0-9.-]{3,80}:[0-9]{2,5}"/
        $rig = /"(rig-id|nicehash|tls-fingerprint)"\s{0,4}:/
        $coin = /"(algo|coin)"\s{0,4}:\s{0,4}"(rx\/[a-z0-9]{1,8}|cn[\/-][a-z0-9\/-]{1,16}|monero|randomx|argon2\/[a-z0-9]{1,8})"/
    condition:
        filesize < 64KB and $donate and $pools and $stratum and ($rig or $coin)
}

rule Miner_Program : miner elf
{
    meta:
        description = "ELF program with the parts of a pool miner"
        severity = "high"
        attack = "T1496"
        author = "Ringwall"
    strings:
        $stratum = /stratum\+(tcp|ssl|tls)/
        $a = "mining.authorize"
        $b = "mining.subscribe"
        $c = "--donate-level"
        $d = "donate.v2.xmrig.com"
        $e = "cryptonight"
        $f = "randomx"
        $g = "\"nicehash\""
    condition:
        uint32(0) == 0x464C457F and $stratum and 3 of ($a, $b, $c, $d, $e, $f, $g)
}
