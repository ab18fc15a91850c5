// Code that makes the machine lie about what runs on it.

rule Rootkit_Preload_Library : rootkit elf
{
    meta:
        description = "Shared library that hooks directory listings for every program and looks after its own preloading"
        severity = "critical"
        attack = "T1574.006"
        author = "Ringwall"
    strings:
        $preload = "/etc/ld.so.preload"
        $next = "dlsym"
        $list1 = "readdir\x00"
        $list2 = "readdir64\x00"
        $hook1 = "fopen64\x00"
        $hook2 = "__xstat\x00"
        $hook3 = "__lxstat\x00"
        $hook4 = "open64\x00"
        $hook5 = "accept\x00"
        $hook6 = "unlinkat\x00"
        $hook7 = "pam_authenticate\x00"
        $hidden1 = "/proc/net/tcp"
        $hidden2 = "/proc/self/fd/"
        $hidden3 = /\/proc\/%[sdu]\/(cmdline|comm|environ|stat)/
        $hidden4 = "HISTFILE"
    condition:
        uint32(0) == 0x464C457F and uint16(16) == 3 and filesize < 4MB and
        $preload and $next and all of ($list*) and 2 of ($hook*) and 2 of ($hidden*)
}

rule Rootkit_Kernel_Module : rootkit elf kernel
{
    meta:
        description = "Kernel module that takes over directory listings and hides itself, processes or files"
        severity = "critical"
        attack = "T1014"
        author = "Ringwall"
    strings:
        $module = "vermagic="
        $reach1 = "kallsyms_lookup_name"
        $reach2 = "sys_call_table"
        $reach3 = "ftrace_set_filter_ip"
        $reach4 = "register_kprobe"
        $list = /(sys_|hook_|hooked_|fake_|new_|orig_|original_)getdents(64)?\x00/
        $hide1 = /(hide|hidden|unhide)_(pid|proc|process|file|dir|port|module|lkm|me|self|tcp)/
        $hide2 = /(module|proc|file|port|rootkit)_hid(e|den)/
        $root = /(give|get|set)_root\x00/
    condition:
        uint32(0) == 0x464C457F and uint16(16) == 1 and $module and any of ($reach*) and $list and ($root or any of ($hide*))
}
