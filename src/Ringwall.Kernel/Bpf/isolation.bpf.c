// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
/*
 * Cuts the processes of a control group off the network: what leaves for, or comes from, any other device than the loopback is dropped, unless
 * it is an exempted user's. Attached at the topmost group it cuts off the machine. Answers: 1 lets a packet go, 0 drops it; the sender gets EPERM.
 *
 * Seen here are packets of sockets. Neighbour discovery of IPv6 goes on, so that the exempted can still reach their neighbours; ARP is never seen.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

char LICENSE[] SEC("license") = "GPL";

#define ETH_P_IPV6 0x86DD
#define NEXT_HEADER 6			/* offset in an IPv6 header */
#define AFTER_HEADER 40
#define ICMPV6 58
#define ROUTER_SOLICITATION 133
#define REDIRECT 137

struct isolation_rules {
	__u32 loopback;			/* the index of the device that is never cut off; in every network namespace it is 1 */
	__u32 pad;
	__u64 dropped;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct isolation_rules);
} rules SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 256);
	__type(key, __u32);
	__type(value, __u32);
} users SEC(".maps");

static __always_inline int finds_neighbours(struct __sk_buff *skb)
{
	__u8 next = 0, type = 0;

	if (skb->protocol != bpf_htons(ETH_P_IPV6) || bpf_skb_load_bytes(skb, NEXT_HEADER, &next, 1) || next != ICMPV6)
		return 0;
	return !bpf_skb_load_bytes(skb, AFTER_HEADER, &type, 1) && type >= ROUTER_SOLICITATION && type <= REDIRECT;
}

static __always_inline int judge(struct __sk_buff *skb)
{
	__u32 zero = 0;
	__u32 user = bpf_get_socket_uid(skb);
	struct isolation_rules *r = bpf_map_lookup_elem(&rules, &zero);

	if (!r || skb->ifindex == r->loopback || bpf_map_lookup_elem(&users, &user) || finds_neighbours(skb))
		return 1;
	__sync_fetch_and_add(&r->dropped, 1);
	return 0;
}

SEC("cgroup_skb/egress")
int on_egress(struct __sk_buff *skb)
{
	return judge(skb);
}

SEC("cgroup_skb/ingress")
int on_ingress(struct __sk_buff *skb)
{
	return judge(skb);
}
