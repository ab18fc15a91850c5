/*
 * Reads the ring that bare.bpf.c fills and counts. What the kernel's part of telling costs when nobody does anything with it.
 *
 *   bare OBJECT      says "ready"; at the end of standard input says what it has counted
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static unsigned long long counted[4];

static int take(void *context, void *data, size_t size)
{
    (void)context;
    (void)size;
    unsigned long long kind = ((unsigned long long *)data)[2];
    counted[kind < 4 ? kind : 0]++;
    return 0;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: bare OBJECT\n");
        return 2;
    }

    struct bpf_object *object = bpf_object__open_file(argv[1], NULL);
    if (!object || bpf_object__load(object) != 0) {
        perror(argv[1]);
        return 1;
    }
    struct bpf_program *program;
    bpf_object__for_each_program(program, object)
        if (!bpf_program__attach(program)) {
            perror(bpf_program__name(program));
            return 1;
        }
    struct ring_buffer *ring = ring_buffer__new(bpf_object__find_map_fd_by_name(object, "ring"), take, NULL, NULL);
    if (!ring) {
        perror("ring_buffer__new");
        return 1;
    }
    puts("ready");
    fflush(stdout);

    struct pollfd end = { .fd = 0, .events = POLLIN };
    while (poll(&end, 1, 0) == 0)
        ring_buffer__poll(ring, 20);
    ring_buffer__consume(ring);

    unsigned zero = 0;
    unsigned long long lost = 0;
    bpf_map_lookup_elem(bpf_object__find_map_fd_by_name(object, "lost"), &zero, &lost);
    printf("starts=%llu\nforks=%llu\nexits=%llu\nlost=%llu\n", counted[1], counted[2], counted[3], lost);
    return 0;
}
