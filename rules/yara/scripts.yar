// Shell, Python and Perl scripts that open a way in, raise rights or fetch more.

rule Script_Reverse_Shell : backdoor shell
{
    meta:
        description = "Shell script that connects an interactive shell to a network address"
        severity = "high"
        attack = "T1059.004"
        author = "Ringwall"
    strings:
        $device = /\/dev\/(tcp|udp)\/[A-Za-z0-9.${}_:-]{1,80}\/[A-Za-z0-9${}_]{1,20}/
        $interactive = /\b(ba|da|z|k)?sh\s-i\s{0,4}[0-9]{0,2}&?[<>]/
        $exec = /exec\s[0-9]{1,3}<>\s?\/dev\/(tcp|udp)\//
        $read = "while read"
        $netcat = /\bn(c|cat|c\.traditional|c\.openbsd)\s([^\n]{0,80}\s)?-[a-z]{0,4}[ec]\s{1,4}['"]?(\/usr)?\/bin\/(ba|da|z|k)?sh/
        $fifo = /mkfifo\s[^\n]{1,160}sh\s-i\s[^\n]{0,60}\|\s{0,4}n(c|cat|c\.openbsd)\s/
        $bare = "bash -i >& /dev/tcp/"
    condition:
        filesize < 64KB and
        (
            (uint16(0) == 0x2123 and (($device and ($interactive or ($exec and $read))) or $netcat or $fifo)) or
            $bare at 0
        )
}

rule Script_Python_Reverse_Shell : backdoor python
{
    meta:
        description = "Python program that ties a shell's input and output to a socket"
        severity = "high"
        attack = "T1059.006"
        author = "Ringwall"
    strings:
        $socket = "socket.socket("
        $connect = ".connect(("
        $tie = /dup2\(\s?[A-Za-z_]{1,20}\.fileno\(\)\s?,\s?[0-2]\s?\)/
        $shell = /(subprocess\.(call|run|Popen|check_call)\(|pty\.spawn\(|os\.(system|execl|execv|execve|popen)\()\s?\[?\s?["'](\/usr)?\/bin\/(ba|da|z|k)?sh/
    condition:
        filesize < 128KB and $socket and $connect and #tie >= 2 and $shell
}

rule Script_Perl_Reverse_Shell : backdoor perl
{
    meta:
        description = "Perl program that ties a shell's input and output to a socket"
        severity = "high"
        attack = "T1059"
        author = "Ringwall"
    strings:
        $socket = /use\s{1,4}(IO::)?Socket/
        $stdin = /open\s?\(?\s?STDIN\s?,\s?["'][<>+]{1,2}&/
        $stdout = /open\s?\(?\s?STDOUT\s?,\s?["'][<>+]{1,2}&/
        $shell = /(exec|system)\s?[({]?\s?["'](\/usr)?\/bin\/(ba|da|z|k)?sh/
    condition:
        filesize < 128KB and all of them
}

rule Script_Suid_Shell_Dropper : privilege_escalation shell
{
    meta:
        description = "Shell script that leaves a set-user-id shell in a folder that everybody can write"
        severity = "high"
        attack = "T1548.001"
        author = "Ringwall"
    strings:
        $copy = /(cp|install|cat)\s[^\n]{0,60}\/bin\/(ba|da|z|k)?sh\s[^\n]{0,20}\/(tmp|var\/tmp|dev\/shm)\/[^\n]{1,60}/
        $mode = /chmod\s{1,4}([0-7]?[4-7][0-7]{3}|[ugo]{0,3}\+[rwx]{0,3}s[rwx]{0,3})\s{1,4}["']?\/(tmp|var\/tmp|dev\/shm)\//
    condition:
        filesize < 64KB and uint16(0) == 0x2123 and $copy and $mode
}

rule Script_Download_Run_And_Cover : dropper shell
{
    meta:
        description = "Shell script that runs a download from a temporary folder and then covers its tracks"
        severity = "high"
        attack = "T1105"
        author = "Ringwall"
    strings:
        $get = /(curl|wget)\s[^\n]{0,120}(https?|ftp):\/\/[^\n]{1,200}/
        $place = /\/(tmp|var\/tmp|dev\/shm)\/[A-Za-z0-9._-]{1,60}/
        $mode = /chmod\s{1,4}([0-7]?[1357][0-7]{2}|[ugoa]{0,3}\+[rwx]{0,2}x)\s/
        $history = /(history\s-c|unset\sHISTFILE|HISTFILE=\/dev\/null|HISTSIZE=0)/
        $itself = /rm\s{1,4}(-[rf]{1,2}\s{1,4})?(--\s)?["']?\$0/
        $logs = /(>|rm\s-rf?)\s?\/var\/log\/(auth|secure|wtmp|btmp|lastlog|messages|syslog)/
    condition:
        filesize < 64KB and uint16(0) == 0x2123 and $get and $place and $mode and 1 of ($history, $itself, $logs)
}
