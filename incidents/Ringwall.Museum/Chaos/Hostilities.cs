namespace Ringwall.Museum.Chaos;

/// <summary>Every way to misbehave that the contract and the sandbox leave open, as contents of the faulty sensor.</summary>
internal static class Hostilities
{
    public static readonly IReadOnlyList<(string Name, string[] Lines)> All =
    [
        ("crash-at-start", ["start do crash"]),
        ("crash-when-asked", ["ask after 20 do crash"]),
        ("abort-when-told", ["tells process file", "tell after 10 do abort"]),
        ("exit-zero", ["welcomed do exit 0"]),
        ("hang", ["ask after 20 do hang"]),
        ("loop", ["ask after 20 do loop"]),
        ("slow", ["ask do wait 30"]),
        ("late", ["ask do hold -20"]),
        ("at-the-deadline", ["ask do hold 0"]),
        ("silent", ["ask do silence"]),
        ("twice", ["ask do repeat 20"]),
        ("invented-verdicts", ["ask do invent 200"]),
        ("garbage", ["ask do garbage 30"]),
        ("findings", ["tick do finding 200", "ask do finding 20"]),
        ("output", ["tick do print 64", "ask do print 8"]),
        ("deaf", ["tells process file", "ask after 5 do deaf"]),
        ("closes", ["ask after 5 do close"]),
        ("forks", ["welcomed do fork 200"]),
        ("eats", ["ask do eat 4"]),
        ("fills", ["ask do fill 2"]),
        ("hangs-when-asked-for-health", ["health do hang"]),
        ("wrong-name", ["name somebody-else"]),
        ("denies-everything", ["ask do deny"]),
        ("denies-the-system", ["ask path */usr/* do deny"]),
        ("requests", ["open path * do request quarantine", "exec do request kill", "open do request block"]),
    ];
}
