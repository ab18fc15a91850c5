// What is left behind when files are held to ransom.

rule Ransom_Note : ransomware
{
    meta:
        description = "Text that demands payment for encrypted files and tells how to reach the extortionists"
        severity = "critical"
        attack = "T1486"
        author = "Ringwall"
    strings:
        $taken = /your\s(\w{1,16}\s){0,4}(files|data|documents|servers?|network)\s(\w{1,16}\s){0,3}(have|has)\sbeen\s(\w{1,16}\s){0,2}(encrypted|locked)/ nocase
        $coin1 = "bitcoin" nocase
        $coin2 = "monero" nocase
        $coin3 = /\b[0-9.]{1,8}\s(BTC|XMR)\b/
        $reach1 = /\b[a-z2-7]{16}([a-z2-7]{40})?\.onion\b/
        $reach2 = "tor browser" nocase
        $reach3 = /[A-Za-z0-9._-]{3,40}@(protonmail|proton|tutanota|onionmail|cock|airmail)\.[a-z]{2,4}/
        $warn = /do\snot\s(try\sto\s)?(rename|modify|decrypt|delete|restore|recover|contact|turn\soff)/ nocase
        $key = /(decrypt(ion|or|ing)\s(tool|key|software|program|your)|private\skey|unique\skey|personal\sid)/ nocase
    condition:
        filesize < 32KB and $taken and any of ($coin*) and any of ($reach*) and $warn and $key
}
