/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * What tells.bpf.c writes and TellRecord.cs reads. The tests have the compiler compare every size and offset.
 * No padding anywhere: kernel memory that nobody wrote must not leave the kernel.
 */
#ifndef RINGWALL_TELLS_H
#define RINGWALL_TELLS_H

#include <linux/types.h>

enum tell_kind {
	TELL_EXEC = 1,
	TELL_FORK = 2,
	TELL_EXIT = 3,
	TELL_CONNECT = 4,
};

/* Indexes of the counters: what is lost is counted apart for each. */
enum tell_source {
	TELL_SOURCE_PROCESS = 0,
	TELL_SOURCE_NETWORK = 1,
	TELL_SOURCES = 2,
};

enum tell_flags {
	TELL_EXE_INCOMPLETE = 1,	/* deeper or longer than is walked */
	TELL_EXE_DELETED = 2,		/* the file has lost its name */
	TELL_CWD_INCOMPLETE = 4,
	TELL_CWD_DELETED = 8,
	TELL_ARGS_CUT = 16,		/* longer than TELL_ARGS_MOST; args_total has the true length */
	TELL_ARGS_UNREADABLE = 32,	/* not in memory, or no longer */
};

#define TELL_ARGS_MOST 65536
#define TELL_PATH_MOST 4096

struct tell_process {
	__u64 start;			/* start_boottime of the leader, ns since boot */
	__u64 parent_start;
	__u32 pid;			/* tgid */
	__u32 parent_pid;
	__u32 euid;			/* effective user and group */
	__u32 egid;
};

struct tell_head {
	__u64 time;			/* ns since boot */
	__u32 kind;			/* enum tell_kind */
	__u32 size;			/* of the whole record */
	struct tell_process process;	/* who acts; for a fork, the new process */
};

/*
 * Followed by the executable's path, the working directory's and the arguments. A path is a list of names, innermost first, each
 * closed by a zero byte. Arguments are as the process has them: each closed by a zero byte.
 */
struct tell_exec {
	struct tell_head head;
	__u64 inode;
	__u64 args_total;
	__u32 device;			/* the kernel's dev_t */
	__u32 flags;			/* enum tell_flags */
	__u32 exe_length;
	__u32 cwd_length;
	__u32 args_length;
	__u32 interpreted;		/* 1: a script was executed, and this is its interpreter */
};

struct tell_fork {
	struct tell_head head;
	__u64 forker_start;		/* who called fork: not the parent with CLONE_PARENT */
	__u32 forker_pid;
	__u32 zero;
};

struct tell_exit {
	struct tell_head head;
	__u32 code;			/* as wait(2) gives it */
	__u32 zero;
};

struct tell_connect {
	struct tell_head head;
	__u8 address[16];		/* network order; the first four bytes for IPv4 */
	__u32 family;			/* AF_INET or AF_INET6 */
	__u32 type;			/* SOCK_STREAM, ... */
	__u32 protocol;			/* IPPROTO_TCP, ... */
	__u32 port;			/* host order */
};

struct tell_count {
	__u64 produced;			/* events that happened */
	__u64 dropped;			/* of those, the ones that found the ring full */
};

/* How much the consumer wants to be woken. It alone sets 1 and 2; whoever wakes it sets 0. */
enum tell_wake {
	TELL_AWAKE = 0,			/* it is reading, or will look by itself */
	TELL_ASLEEP = 1,		/* wake it for anything */
	TELL_PAUSING = 2,		/* wake it if much has gathered */
};

struct tell_shared {
	struct tell_count counts[TELL_SOURCES];
	__u32 wake;			/* enum tell_wake */
	__u32 much;			/* bytes in the ring that end a pause */
};

#endif
