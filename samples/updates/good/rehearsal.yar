// An update as it should be: one more rule, for a text that no ordinary file has.
rule Rehearsal_Marker : test
{
    meta:
        description = "A marker that rehearsals of updates write into a file"
        severity = "low"
        author = "Ringwall"
    strings:
        $marker = { 52 49 4E 47 57 41 4C 4C 2D 52 45 48 45 41 52 53 41 4C 2D 4D 41 52 4B 45 52 }
    condition:
        filesize < 64KB and $marker
}
