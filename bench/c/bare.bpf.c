/* The least that can tell: one record into a ring buffer for each process that starts, is forked or ends. */
#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>

struct record {
    __u64 time;
    __u64 pid;
    __u64 kind;
    __u64 unused;
};

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 8 << 20);
} ring SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, __u64);
} lost SEC(".maps");

static __always_inline int tell(__u64 kind)
{
    struct record *record = bpf_ringbuf_reserve(&ring, sizeof *record, 0);
    if (!record) {
        __u32 zero = 0;
        __u64 *count = bpf_map_lookup_elem(&lost, &zero);
        if (count)
            __sync_fetch_and_add(count, 1);
        return 0;
    }
    record->time = bpf_ktime_get_ns();
    record->pid = bpf_get_current_pid_tgid();
    record->kind = kind;
    bpf_ringbuf_submit(record, 0);
    return 0;
}

SEC("tp_btf/sched_process_exec")
int on_exec(void *context) { return tell(1); }

SEC("tp_btf/sched_process_fork")
int on_fork(void *context) { return tell(2); }

SEC("tp_btf/sched_process_exit")
int on_exit(void *context) { return tell(3); }

char LICENSE[] SEC("license") = "GPL";
