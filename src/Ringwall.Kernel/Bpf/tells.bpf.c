// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
/*
 * Tells what processes do: execute, fork, end, connect. One ring buffer for all, so that the order is the kernel's.
 *
 * Every event is counted, and counted again when the ring had no room for it: produced = read + dropped, always. Events at which the kernel
 * did not run the program at all, because the same one was running on this CPU, it counts itself (bpf_prog_info, recursion_misses).
 *
 * Nobody is woken for each event. The consumer says how much it wants to be woken (struct tell_shared): a wake-up costs more than
 * everything else here together.
 *
 * Runs in the context of the process that the event is about, with the CPU to itself for as long as one program takes, so that the
 * scratch of that CPU is ours. Kernel 5.12 or newer (ring buffer, atomic operations that return a value).
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_tracing.h>

#include "kernel_types.h"
#include "tells.h"

char LICENSE[] SEC("license") = "GPL";

#define AF_INET 2
#define AF_INET6 10
#define SIGNAL_GROUP_EXIT 4

#define NAME_ROOM 256			/* longest name, and its zero byte */
#define DEEPEST 256			/* names and mounts on the way from a file to the top */

#define PATHS_ROOM (2 * (TELL_PATH_MOST + NAME_ROOM))

struct scratch {
	struct tell_exec exec;
	__u8 data[PATHS_ROOM + TELL_ARGS_MOST];
	/*
	 * Where in data the next name goes. It is kept in memory and not in a register so that the verifier forgets its value and finds that
	 * one turn of the loop is like the next; otherwise it would follow every way that the turns can be combined.
	 */
	__u32 at;
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4 * 1024 * 1024);
} ring SEC(".maps");

/* One for each CPU: a per-CPU array cannot have values this large. The number of CPUs is set before loading. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct scratch);
} scratches SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct tell_shared);
} shared SEC(".maps");

static __always_inline void count(__u32 source, int lost)
{
	__u32 zero = 0;
	struct tell_shared *s = bpf_map_lookup_elem(&shared, &zero);

	if (!s)
		return;

	if (lost)
		__sync_fetch_and_add(&s->counts[source & 1].dropped, 1);

	/*
	 * The consumer sets "asleep", then looks whether the ring is empty; we fill the ring, then look whether it is asleep. For one of the
	 * two to see the other, both need a full barrier in between. An addition whose result is used is one.
	 */
	__u64 before = __sync_fetch_and_add(&s->counts[source & 1].produced, 1);
	asm volatile("" : "+r"(before));

	__u32 wake = *(volatile __u32 *)&s->wake;
	if (wake == TELL_AWAKE)
		return;
	if (wake == TELL_PAUSING && bpf_ringbuf_query(&ring, BPF_RB_AVAIL_DATA) < s->much)
		return;
	if (__sync_lock_test_and_set(&s->wake, TELL_AWAKE) == TELL_AWAKE)
		return;

	/* Only a record that is handed in can wake, so hand in one that is to be passed over. No room: it is not asleep over an empty ring. */
	void *nothing = bpf_ringbuf_reserve(&ring, 8, 0);
	if (nothing)
		bpf_ringbuf_discard(nothing, BPF_RB_FORCE_WAKEUP);
}

static __always_inline void describe(struct tell_process *p, struct task_struct *task)
{
	struct task_struct *parent = BPF_CORE_READ(task, real_parent);

	p->pid = BPF_CORE_READ(task, tgid);
	p->start = BPF_CORE_READ(task, group_leader, start_boottime);
	p->parent_pid = BPF_CORE_READ(parent, tgid);
	p->parent_start = BPF_CORE_READ(parent, group_leader, start_boottime);
	p->euid = BPF_CORE_READ(task, cred, euid.val);
	p->egid = BPF_CORE_READ(task, cred, egid.val);
}

static __always_inline void begin(struct tell_head *head, __u32 kind, __u32 size, struct task_struct *task)
{
	head->time = bpf_ktime_get_boot_ns();
	head->kind = kind;
	head->size = size;
	describe(&head->process, task);
}

/* Adds the names on the way from a file to the top of its mounts, innermost first. */
static __always_inline void walk(struct scratch *s, __u32 end, struct vfsmount *mnt, struct dentry *dentry, __u32 deleted, __u32 incomplete)
{
	if (!BPF_CORE_READ(dentry, d_hash.pprev) && dentry != BPF_CORE_READ(mnt, mnt_root))
		s->exec.flags |= deleted;

	for (int i = 0; i < DEEPEST; i++) {
		if (dentry == BPF_CORE_READ(mnt, mnt_root)) {
			struct mount *m = (void *)mnt - bpf_core_field_offset(struct mount, mnt);
			struct mount *above = BPF_CORE_READ(m, mnt_parent);

			if (above == m)
				return;

			dentry = BPF_CORE_READ(m, mnt_mountpoint);
			mnt = (void *)above + bpf_core_field_offset(struct mount, mnt);
			continue;
		}

		struct dentry *parent = BPF_CORE_READ(dentry, d_parent);
		__u32 at = s->at;

		/* Some file systems allow names of more bytes than NAME_MAX. */
		if (at > end || at > PATHS_ROOM - NAME_ROOM || BPF_CORE_READ(dentry, d_name.len) >= NAME_ROOM)
			break;

		long length = bpf_probe_read_kernel_str(&s->data[at], NAME_ROOM, BPF_CORE_READ(dentry, d_name.name));

		if (length <= 0)
			break;

		s->at = at + length;

		/* Not below any root: a file that never had a name in a directory, such as a memfd. */
		if (parent == dentry)
			return;

		dentry = parent;
	}

	s->exec.flags |= incomplete;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct *task, int old_pid, struct linux_binprm *bprm)
{
	__u32 cpu = bpf_get_smp_processor_id();
	struct scratch *s = bpf_map_lookup_elem(&scratches, &cpu);

	if (!s)
		goto lost;

	struct file *file = BPF_CORE_READ(bprm, file);
	struct mm_struct *mm = BPF_CORE_READ(task, mm);
	struct fs_struct *fs = BPF_CORE_READ(task, fs);

	s->exec.flags = 0;
	s->exec.inode = BPF_CORE_READ(file, f_inode, i_ino);
	s->exec.device = BPF_CORE_READ(file, f_inode, i_sb, s_dev);
	s->exec.interpreted = BPF_CORE_READ(bprm, filename) != BPF_CORE_READ(bprm, interp);

	s->at = 0;
	walk(s, TELL_PATH_MOST, BPF_CORE_READ(file, f_path.mnt), BPF_CORE_READ(file, f_path.dentry), TELL_EXE_DELETED, TELL_EXE_INCOMPLETE);
	s->exec.exe_length = s->at;
	walk(s, s->at + TELL_PATH_MOST, BPF_CORE_READ(fs, pwd.mnt), BPF_CORE_READ(fs, pwd.dentry), TELL_CWD_DELETED, TELL_CWD_INCOMPLETE);

	__u32 at = s->at;

	if (at > PATHS_ROOM)
		goto lost;

	s->exec.cwd_length = at - s->exec.exe_length;

	unsigned long start = BPF_CORE_READ(mm, arg_start);
	__u64 total = BPF_CORE_READ(mm, arg_end) - start;
	__u32 length = total;

	if (total > TELL_ARGS_MOST) {
		length = TELL_ARGS_MOST;
		s->exec.flags |= TELL_ARGS_CUT;
	}

	/* clang knows that this holds, but the verifier has to see it. */
	asm volatile("" : "+r"(length));
	if (length > TELL_ARGS_MOST)
		goto lost;
	if (bpf_probe_read_user(&s->data[at], length, (void *)start)) {
		length = 0;
		s->exec.flags |= TELL_ARGS_UNREADABLE;
	}

	s->exec.args_total = total;
	s->exec.args_length = length;

	__u32 size = sizeof(struct tell_exec) + at + length;

	begin(&s->exec.head, TELL_EXEC, size, task);
	asm volatile("" : "+r"(size));
	if (size > sizeof(struct scratch))
		goto lost;
	count(TELL_SOURCE_PROCESS, bpf_ringbuf_output(&ring, s, size, BPF_RB_NO_WAKEUP) != 0);
	return 0;

lost:	/* None of these can be, but the verifier does not know, and a loss that nobody counts would be a lie. */
	count(TELL_SOURCE_PROCESS, 1);
	return 0;
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(on_fork, struct task_struct *forker, struct task_struct *child)
{
	/* A thread is no process. */
	if (BPF_CORE_READ(child, pid) != BPF_CORE_READ(child, tgid))
		return 0;

	struct tell_fork *e = bpf_ringbuf_reserve(&ring, sizeof(*e), 0);

	if (e) {
		begin(&e->head, TELL_FORK, sizeof(*e), child);
		e->forker_pid = BPF_CORE_READ(forker, tgid);
		e->forker_start = BPF_CORE_READ(forker, group_leader, start_boottime);
		e->zero = 0;
		bpf_ringbuf_submit(e, BPF_RB_NO_WAKEUP);
	}

	count(TELL_SOURCE_PROCESS, !e);
	return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_exit, struct task_struct *task)
{
	/*
	 * Comes for each thread; the process ends with its last one. Two that end at the same time may both see themselves as the last: the
	 * reader, who knows who lives, takes the first.
	 */
	if (BPF_CORE_READ(task, signal, live.counter) != 0)
		return 0;

	struct tell_exit *e = bpf_ringbuf_reserve(&ring, sizeof(*e), 0);

	if (e) {
		begin(&e->head, TELL_EXIT, sizeof(*e), task);
		e->code = BPF_CORE_READ(task, signal, flags) & SIGNAL_GROUP_EXIT
			? BPF_CORE_READ(task, signal, group_exit_code)
			: BPF_CORE_READ(task, group_leader, exit_code);
		e->zero = 0;
		bpf_ringbuf_submit(e, BPF_RB_NO_WAKEUP);
	}

	count(TELL_SOURCE_PROCESS, !e);
	return 0;
}

static __always_inline struct tell_connect *connecting(struct bpf_sock_addr *ctx, __u32 family)
{
	struct tell_connect *e = bpf_ringbuf_reserve(&ring, sizeof(*e), 0);

	if (e) {
		begin(&e->head, TELL_CONNECT, sizeof(*e), (struct task_struct *)bpf_get_current_task());
		e->family = family;
		e->type = ctx->type;
		e->protocol = ctx->protocol;

		/* All four bytes, of which two are the port: older kernels refuse to read fewer. */
		__u32 port = ctx->user_port;
		asm volatile("" : "+r"(port));
		e->port = bpf_ntohs((__u16)port);
	}

	return e;
}

/* The answer 1 lets the connection go on. Nothing here ever says anything else. */
SEC("cgroup/connect4")
int on_connect4(struct bpf_sock_addr *ctx)
{
	struct tell_connect *e = connecting(ctx, AF_INET);

	if (e) {
		__u32 *address = (__u32 *)e->address;

		address[0] = ctx->user_ip4;
		address[1] = 0;
		address[2] = 0;
		address[3] = 0;
		bpf_ringbuf_submit(e, BPF_RB_NO_WAKEUP);
	}

	count(TELL_SOURCE_NETWORK, !e);
	return 1;
}

SEC("cgroup/connect6")
int on_connect6(struct bpf_sock_addr *ctx)
{
	struct tell_connect *e = connecting(ctx, AF_INET6);

	if (e) {
		__u32 *address = (__u32 *)e->address;

		address[0] = ctx->user_ip6[0];
		address[1] = ctx->user_ip6[1];
		address[2] = ctx->user_ip6[2];
		address[3] = ctx->user_ip6[3];
		bpf_ringbuf_submit(e, BPF_RB_NO_WAKEUP);
	}

	count(TELL_SOURCE_NETWORK, !e);
	return 1;
}
