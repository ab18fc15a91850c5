// Pages that run whatever a request tells them to.

rule Webshell_PHP_Request_Execution : webshell php
{
    meta:
        description = "PHP page that executes code or a command taken from the request"
        severity = "critical"
        attack = "T1505.003"
        author = "Ringwall"
    strings:
        $php = "<?php" nocase
        $short = "<?="
        $run = /\b(eval|assert|system|exec|shell_exec|passthru|popen|proc_open|pcntl_exec)\s?\(\s?(@?(base64_decode|gzinflate|gzuncompress|str_rot13|stripslashes|urldecode|strrev)\s?\(\s?){0,3}@?\$_(GET|POST|REQUEST|COOKIE)\s?[\[{]/ nocase
        $function = /\$_(GET|POST|REQUEST|COOKIE)\s?\[[^\]\n]{1,40}\]\s?\(\s?@?\$_(GET|POST|REQUEST|COOKIE)\s?\[/
    condition:
        filesize < 1MB and ($php or $short) and ($run or $function)
}

rule Webshell_JSP_Request_Execution : webshell jsp
{
    meta:
        description = "JSP page that starts a program named by the request"
        severity = "critical"
        attack = "T1505.003"
        author = "Ringwall"
    strings:
        $page = "<%"
        $parameter = "request.getParameter("
        $direct = /getRuntime\(\)\s?\.\s?exec\(\s?(new\s{1,4}String\s?\[\]\s?\{[^}\n]{0,60})?(request\.getParameter\(|cmd\b|command\b|c\b)/
        $builder = /new\s{1,4}(java\.lang\.)?ProcessBuilder\(\s?([^\n]{0,60}"-c"\s?,\s?)?(request\.getParameter\(|cmd\b|command\b)/
    condition:
        filesize < 512KB and $page and $parameter and ($direct or $builder)
}
